//! What looks like a credential and is none: references to one, placeholders, samples of public documentation.

use crate::randomness::has_filler;
use crate::redact::Redacted;

/// Only this much of a long value is searched for placeholder words: in kilobytes of base64 they turn up by chance.
const PLACEHOLDER_SEARCH_BYTES: usize = 120;

/// Whether `value` names a credential that is kept elsewhere, or is filled in at deployment or at run time.
pub(crate) fn is_reference(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| starts_ignoring_case(value, prefix));
    REFERENCE_PARTS.iter().any(|part| contains_ignoring_case(value, part))
        || starts(REFERENCE_STARTS)
        || is_shell_variable(value)
        || is_enclosed(value)
        || is_format_hole(value)
}

/// Beginnings of values that point somewhere else.
const REFERENCE_STARTS: &[&str] = &[
    "!ref",
    "!sub",
    "!getatt",
    "!importvalue",
    "!join",
    "!findinmap",
    "!select",
    "!if",
    "fn::",
    "ref:",
    "arn:",
    "ssm:",
    "ssm/",
    "aws-ssm",
    "secretsmanager:",
    "secretmanager:",
    "sm://",
    "gcp-sm:",
    "gsm://",
    "vault:",
    "op://",
    "env:",
    "env(",
    "env.",
    "kms:",
    "enc[",
    "enc(",
    "{cipher}",
    "ref+",
    "keyvault:",
    "akv://",
    "kv://",
    "file:",
    "file(",
    "urn:",
    "process.env",
    "import.meta.env",
    "os.environ",
    "os.getenv",
    "getenv(",
    "system.getenv",
    "environment.get",
    "secrets.",
    "vars.",
    "module.",
    "local.",
    "data.",
    "aws_secretsmanager",
    "aws_ssm",
    "random_password.",
    "var.",
    "$ssm",
    "aqicah",
    "aqecah",
    "projects/",
    "parameter/",
    "/aws/",
    "!env",
    "!secret",
    "!vault",
    "!reference",
    "!var",
    "cfn:",
    "cf:",
    "opt:",
    "self:",
];

/// Texts that make the value around them a template.
const REFERENCE_PARTS: &[&str] = &["${", "{{", "}}", "$(", "<%", "%>", "#{", "%{", "@microsoft.keyvault", "$[", "=>"];

/// `$NAME`, `%NAME%`, `:name`, `@name@`, `__NAME__`.
fn is_shell_variable(value: &[u8]) -> bool {
    let is_name = |text: &[u8]| {
        !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':'))
    };
    match value {
        [b'$', rest @ ..] => is_name(rest) && !rest.iter().all(u8::is_ascii_digit),
        [b'%', rest @ .., b'%'] | [b'@', rest @ .., b'@'] => is_name(rest),
        [b'_', b'_', rest @ .., b'_', b'_'] => is_name(rest),
        [b':', rest @ ..] => is_name(rest) && rest.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_'),
        _ => false,
    }
}

/// `<your key>`, `[key]`, `{key}`.
fn is_enclosed(value: &[u8]) -> bool {
    value.starts_with(b"<") && value.contains(&b'>')
        || matches!(value, [b'[', .., b']'] | [b'{', .., b'}'] | [b'*', .., b'*'])
}

/// A hole of a format string: `%s`, `%(name)s`, `{}` or `{name}` inside other text.
fn is_format_hole(value: &[u8]) -> bool {
    let named = value.iter().position(|byte| *byte == b'{').zip(value.iter().rposition(|byte| *byte == b'}'));
    let braces = named.is_some_and(|(open, close)| {
        value.get(open + 1..close).is_some_and(|hole| {
            hole.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'!'))
        })
    });
    braces || value.windows(2).any(|pair| pair == b"%s" || pair == b"%(") && value.len() < 16
}

/// Whether `value` stands where a credential would be filled in.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let searched = value.get(..PLACEHOLDER_SEARCH_BYTES).unwrap_or(value);
    // Structures of several hundred bytes have runs of their own: zeros of a binary format, for one.
    let is_filled = value.len() <= PLACEHOLDER_SEARCH_BYTES && has_filler(searched);
    is_filled || PLACEHOLDER_PARTS.iter().any(|part| contains_ignoring_case(searched, part))
}

/// Parts of values that nobody's generator makes, long enough not to turn up in random text.
const PLACEHOLDER_PARTS: &[&str] = &[
    "example",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "change-this",
    "change_this",
    "changethis",
    "replaceme",
    "replace-me",
    "replace_me",
    "replace-with",
    "replace_with",
    "your-",
    "your_",
    "yourkey",
    "yourtoken",
    "yoursecret",
    "yourpass",
    "redacted",
    "dummy",
    "insert-",
    "insert_",
    "sample",
    "goes-here",
    "goes_here",
    "goeshere",
    "not-a-real",
    "not_a_real",
    "notreal",
    "notasecret",
    "not-a-secret",
    "fake-",
    "fake_",
    "fakekey",
    "faketoken",
    "fakesecret",
    "fakepass",
    "foobar",
    "foo-bar",
    "deadbeef",
    "....",
    "todo:",
    "fixme",
    "<your",
    "put-your",
    "my-api-key",
    "my_api_key",
    "enter-your",
    "enter_your",
    "test-token",
    "test_token",
    "testtoken",
    "test-secret",
    "test_secret",
    "secret-here",
    "key-here",
    "token-here",
    "testkey",
    "test-key",
    "test_key",
    "loremipsum",
    "mock-",
    "mock_",
];

/// Whether the digest of `value` is in the list of values that public documentation prints.
pub(crate) fn is_public_sample(value: Redacted<'_>) -> bool {
    let fingerprint = value.fingerprint();
    model::table::SortedLines::new(PUBLIC_SAMPLES).get(&fingerprint).is_some()
}

const PUBLIC_SAMPLES: &str = include_str!("../data/public_samples.tsv");

pub(crate) fn starts_ignoring_case(text: &[u8], prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

pub(crate) fn contains_ignoring_case(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_references() {
        let references = "{{resolve:secretsmanager:prod/db}}|${ssm:/db/password}|${env:DB}|!Ref Password|arn:aws:secretsmanager:x|$DB_PASSWORD|${DB_PASSWORD}|\
             %DB_PASSWORD%|@Microsoft.KeyVault(SecretUri=x)|process.env.KEY|os.environ['KEY']|<your-key>|ENC[AES256,x]|{password}|pa{x}ss|%s|\
             $(get_secret)|#{secret}|AQICAHhmadeup|:password|__PASSWORD__|vault:secret/x";
        for reference in references.split('|') {
            assert!(is_reference(reference.as_bytes()), "{reference}");
        }
        for value in ["hunter2", "$1a!bc", "p@ss:word", "a/b+c==", "100%sure-this-is-a-password"] {
            assert!(!is_reference(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn knows_placeholders() {
        for value in ["AKIAIOSFODNN7EXAMPLE", "changeme", "your-api-key", "xxxxxxxx", "key-1234567890", "0000000000"] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
        for value in ["x7Kq9ZpW2vLmN4tRb8", "Tr0ub4dor&3"] {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn knows_samples_of_public_documentation() {
        // The account key of the storage emulator, in two halves so that no scanner trips over this file.
        let emulator =
            ["Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6", "tq/K1SZFPTOtr/KBHBeksoGMGw=="].concat();
        assert!(is_public_sample(Redacted::new(emulator.as_bytes())));
        assert!(!is_public_sample(Redacted::new(b"hunter2")));
        assert_eq!(model::table::SortedLines::new(PUBLIC_SAMPLES).first_unsorted(), None);
    }
}
