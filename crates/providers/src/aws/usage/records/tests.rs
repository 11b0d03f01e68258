use proptest::prelude::*;

use super::*;

#[derive(Default)]
struct Texts(Vec<String>);

impl Sink for Texts {
    fn record(&mut self, record: &[u8]) -> Result<(), String> {
        let value: serde_json::Value = serde_json::from_slice(record).map_err(|error| error.to_string())?;
        self.0.push(value.to_string());
        Ok(())
    }
}

/// Gives at most `step` bytes at a time.
struct Dripping<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.step.min(buffer.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

fn texts(input: &[u8]) -> (Vec<String>, Trouble) {
    let mut texts = Texts::default();
    let trouble = read(input, &mut texts);
    (texts.0, trouble)
}

fn check(input: &str, expected: &[&str]) {
    let (texts, trouble) = texts(input.as_bytes());
    assert_eq!(texts, expected, "{input}");
    assert_eq!(trouble, Trouble::default(), "{input}");
}

#[test]
fn records_stand_in_many_shapes() {
    let two = [r#"{"a":1}"#, r#"{"b":"}]"}"#];
    for input in [
        r#"{"Records":[{"a":1},{"b":"}]"}]}"#,
        "{ \"Records\" : [\n {\"a\": 1},\n {\"b\": \"}]\"}\n ] }\n",
        r#"[{"a":1},{"b":"}]"}]"#,
        "{\"a\":1}\n{\"b\":\"}]\"}\n",
        r#"{"a":1}{"b":"}]"}"#,
        "\u{feff}{\"a\":1}\r\n{\"b\":\"}]\"}",
        r#"{"NextToken":"[{","Events":[{"a":1},{"b":"}]"}],"Other":{"x":[{}]},"n":1}"#,
        r#"{"Records":[{"a":1}]}{"Records":[{"b":"}]"}]}"#,
        r#"{"Empty":[],"Inner":{"Records":[1]},"Records":[{"a":1},{"b":"}]"}]}"#,
    ] {
        check(input, &two);
    }
    check("", &[]);
    check(r#"{"Records":[]}"#, &[]);
    check(r#"{"QueryResultRows":[[{"x":"1"},{"y":"2"}]]}"#, &[r#"[{"x":"1"},{"y":"2"}]"#]);
    check(r#"{"t":"a\\"}{"t":"\"{"}"#, &[r#"{"t":"a\\"}"#, r#"{"t":"\"{"}"#]);
}

#[test]
fn a_broken_record_costs_itself_only() {
    let good = |name: &str| format!(r#"{{"eventVersion":"1.08","n":"{name}"}}"#);
    for middle in [r#"{"eventVersion":"1.08","n":"x}"#, r#"{"eventVersion":}"#, r#"{"eventVersion":"1.08","n":"#] {
        let input = format!(r#"{{"Records":[{},{middle},{},{}]}}"#, good("a"), good("b"), good("c"));
        let (texts, trouble) = texts(input.as_bytes());
        assert_eq!(texts, [good("a"), good("b"), good("c")], "{middle}");
        assert_eq!(trouble.first.map(|(at, _)| at), Some(13 + good("a").len() as u64), "{middle}");
    }
    let (lines, trouble) = texts(b"{\"a\":1}\n{\"b\":\n{\"c\":3}\nplain text\n{\"d\":4}\n");
    assert_eq!(lines, [r#"{"a":1}"#, r#"{"c":3}"#, r#"{"d":4}"#]);
    assert_eq!(trouble.broken, 2);
}

#[test]
fn a_cut_file_gives_what_it_has() {
    let (texts, trouble) = texts(br#"{"Records":[{"a":1},{"b":2"#);
    assert_eq!(texts, [r#"{"a":1}"#]);
    assert_eq!(trouble.first.map(|(at, _)| at), Some(20));
}

#[test]
fn endless_records_and_endless_trouble_end() {
    let huge = format!("{{\"a\":\"{}\n{{\"b\":1}}", "x".repeat(2 * MAX_RECORD_BYTES));
    let (found, trouble) = texts(huge.as_bytes());
    assert_eq!((found.as_slice(), trouble.broken), ([r#"{"b":1}"#.to_owned()].as_slice(), 1));
    let (_, trouble) = texts("?\n{".repeat(100_000).as_bytes());
    assert!(trouble.ended_by.is_some());
    texts("[".repeat(1_000_000).as_bytes());
    texts("{\"a\":".repeat(1_000_000).as_bytes());
}

proptest! {
    #[test]
    fn any_bytes_and_mutations_are_read_without_panic(
        noise in proptest::collection::vec(any::<u8>(), 0..200),
        at in 0_usize..100,
        step in 1_usize..40,
    ) {
        let mut bytes = br#"{"x":"y","Records":[{"eventVersion":"1","a":[{"b":"\"}"}]},{"eventVersion":"2"}],"n":null}"#.to_vec();
        bytes.splice(at.min(bytes.len())..at.min(bytes.len()), noise);
        let whole = texts(&bytes);
        let mut dripped = Texts::default();
        let trouble = read(Dripping { bytes: &bytes, step }, &mut dripped);
        prop_assert_eq!(whole, (dripped.0, trouble), "how the bytes arrive does not matter");
    }
}
