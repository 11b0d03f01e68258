use std::fs;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use crate::loopback::{Answer, Request, Server};
use crate::{Client, ClientOptions, Error, Fetched, Url};

const LIMIT_BYTES: u64 = 1 << 20;

fn client() -> Client {
    let options = ClientOptions { attempts: 3, first_wait: Duration::from_millis(1), ..ClientOptions::default() };
    Client::new(options).unwrap()
}

fn content() -> Vec<u8> {
    (0..200_000u32).flat_map(u32::to_le_bytes).take(300_000).collect()
}

/// Fetches into `folder/all.zip` and accepts what came; whether something came.
fn fetch(server: &Server, folder: &Path) -> Result<bool, Error> {
    let mut lengths = Vec::new();
    let target = folder.join("all.zip");
    match client().download(&server.url().join("all.zip"), &target, LIMIT_BYTES, &mut |done, _| lengths.push(done))? {
        Fetched::Unchanged => Ok(false),
        Fetched::Changed(download) => {
            assert_eq!(lengths.last(), Some(&fs::metadata(download.path()).unwrap().len()));
            download.accept()?;
            Ok(true)
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn fetches_once_and_asks_only_for_changes_after_that() {
    let server =
        Server::start(|request, before| Answer::file(request, &content(), if before < 2 { "one" } else { "two" }))
            .unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert!(fetch(&server, folder.path()).unwrap());
    assert_eq!(fs::read(folder.path().join("all.zip")).unwrap(), content());
    assert!(!fetch(&server, folder.path()).unwrap());
    assert_eq!(server.requests()[1].header("if-none-match"), Some("\"one\""));
    assert!(fetch(&server, folder.path()).unwrap());
    assert_eq!(names(folder.path()), ["all.zip", "all.zip.validator"]);
}

#[test]
fn goes_on_where_the_connection_ended() {
    let server = Server::start(|request, before| {
        let answer = Answer::file(request, &content(), "one");
        if before < 4 { answer.cut_after(70_000) } else { answer }
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert!(fetch(&server, folder.path()).unwrap());
    assert_eq!(fs::read(folder.path().join("all.zip")).unwrap(), content());
    let ranges: Vec<_> =
        server.requests().iter().map(|request| request.header("range").unwrap_or("-").to_owned()).collect();
    assert_eq!(ranges, ["-", "bytes=70000-", "bytes=140000-", "bytes=210000-", "bytes=280000-"]);
}

#[test]
fn a_later_call_goes_on_from_the_part_of_an_earlier_one() {
    let is_cut = |before| before < 3;
    let server = Server::start(move |request, before| {
        if before == 0 {
            Answer::file(request, &content(), "one").cut_after(100_000)
        } else if is_cut(before) {
            Answer::status(503)
        } else {
            Answer::file(request, &content(), "one")
        }
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(fetch(&server, folder.path()), Err(Error::Status { status: 503, .. })));
    assert_eq!(names(folder.path()), ["all.zip.part", "all.zip.part.validator"]);
    assert!(fetch(&server, folder.path()).unwrap());
    assert_eq!(fs::read(folder.path().join("all.zip")).unwrap(), content());
    assert_eq!(server.requests().last().unwrap().header("range"), Some("bytes=100000-"));
}

#[test]
fn starts_anew_when_the_content_changed_in_between() {
    let other: Vec<u8> = content().into_iter().rev().collect();
    let expected = other.clone();
    let server = Server::start(move |request, before| {
        if before == 0 {
            Answer::file(request, &content(), "one").cut_after(100_000)
        } else {
            Answer::file(request, &other, "two")
        }
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert!(fetch(&server, folder.path()).unwrap());
    assert_eq!(fs::read(folder.path().join("all.zip")).unwrap(), expected);
}

#[test]
fn a_part_that_is_already_whole_or_too_long_is_fetched_anew() {
    let server = Server::start(|request, _| Answer::file(request, &content(), "one")).unwrap();
    for extra in [0, 10] {
        let folder = tempfile::tempdir().unwrap();
        assert!(fetch(&server, folder.path()).unwrap());
        fs::rename(folder.path().join("all.zip.validator"), folder.path().join("all.zip.part.validator")).unwrap();
        fs::write(folder.path().join("all.zip.part"), [content(), vec![0; extra]].concat()).unwrap();
        assert!(fetch(&server, folder.path()).unwrap());
        assert_eq!(fs::read(folder.path().join("all.zip")).unwrap(), content());
    }
}

#[test]
fn content_that_is_not_what_its_digest_says_is_refused_and_forgotten() {
    let server = Server::start(|_, _| Answer::ok("damaged").with("x-goog-hash", "crc32c=4waSgw==")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(fetch(&server, folder.path()), Err(Error::Damaged { .. })));
    assert!(names(folder.path()).is_empty());
    assert_eq!(server.requests().len(), 3);
    let server = Server::start(|_, _| Answer::ok("123456789").with("x-goog-hash", "crc32c=4waSgw==")).unwrap();
    assert!(fetch(&server, folder.path()).unwrap());
}

#[test]
fn content_beyond_the_limit_is_refused_whether_announced_or_not() {
    for announced in [true, false] {
        let server = Server::start(move |_, _| {
            let answer = Answer::ok(vec![0; 2 << 20]);
            if announced { answer } else { answer.with("transfer-encoding", "identity") }
        })
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(fetch(&server, folder.path()), Err(Error::TooLarge { .. })));
        assert!(names(folder.path()).iter().all(|name| !name.ends_with(".part")));
        assert!(matches!(client().get(server.url(), 100), Err(Error::TooLarge { .. })));
    }
}

#[test]
fn tries_again_while_that_may_help() {
    for (statuses, expected_requests, succeeds) in
        [(vec![503, 429], 3, true), (vec![500, 500, 500], 3, false), (vec![404], 1, false), (vec![403], 1, false)]
    {
        let answers = statuses.clone();
        let server = Server::start(move |_, before| {
            answers
                .get(before)
                .map_or_else(|| Answer::ok("fine"), |status| Answer::status(*status).with("retry-after", "0"))
        })
        .unwrap();
        assert_eq!(client().get(server.url(), 100).is_ok(), succeeds, "{statuses:?}");
        assert_eq!(server.requests().len(), expected_requests, "{statuses:?}");
    }
    let server = Server::start(|_, _| Answer::status(404)).unwrap();
    assert!(client().get(server.url(), 100).unwrap_err().is_absent());
}

#[test]
fn errors_name_the_address_without_its_secrets() {
    let server = Server::start(|_, _| Answer::status(403)).unwrap();
    let url = Url::parse(&format!("{}/x?token=planted", server.address())).unwrap();
    let message = client().get(&url, 100).unwrap_err().to_string();
    assert!(message.ends_with("/x?…` answered 403") && !message.contains("planted"), "{message}");
}

#[test]
fn says_what_it_is_and_wants_plain_bytes() {
    let server = Server::start(|_, _| Answer::ok("fine")).unwrap();
    client().get(server.url(), 100).unwrap();
    let request: Request = server.requests().remove(0);
    assert_eq!((request.header("user-agent"), request.header("accept-encoding")), (Some("fnassay"), Some("identity")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever a server answers ends in a content or an error.
    #[test]
    fn any_answer_is_survived(status in 100u16..600, name in "(etag|content-range|retry-after|x-goog-hash|location|content-encoding)", value in "[ -~]{0,20}", body in proptest::collection::vec(any::<u8>(), 0..200), cut in proptest::option::of(0usize..200)) {
        let server = Server::start(move |_, _| Answer { status, headers: vec![(name.clone(), value.replace("9", "0"))], body: body.clone(), cut_after_bytes: cut }).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let options = ClientOptions { attempts: 1, answer_timeout: Duration::from_millis(300), stall_timeout: Duration::from_millis(300), ..ClientOptions::default() };
        let _ = Client::new(options).unwrap().download(&server.url().join("x"), &folder.path().join("x"), LIMIT_BYTES, &mut |_, _| ());
    }
}
