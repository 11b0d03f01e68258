use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use advisory::{Error, Index, UpdateOptions, UpdateOrigin, Updated, update};
use transport::loopback::{Answer, Request, Server};
use transport::{Client, ClientOptions};

use crate::feeds::{record, zip};

fn run(origin: &UpdateOrigin, data_folder: &Path, ecosystems: &[String]) -> Result<Updated, Error> {
    let options = ClientOptions { attempts: 2, first_wait: Duration::from_millis(1), ..ClientOptions::default() };
    let client = Client::new(options).unwrap();
    update(&client, &UpdateOptions { origin, ecosystems, data_folder, on_progress: &|_| () })
}

/// What a server holds at one time: paths, their content and its name.
type Content = Arc<Mutex<Vec<(String, Vec<u8>, String)>>>;

fn content(files: &[(&str, &[u8], &str)]) -> Content {
    let own = |(path, bytes, etag): &(&str, &[u8], &str)| ((*path).to_owned(), bytes.to_vec(), (*etag).to_owned());
    Arc::new(Mutex::new(files.iter().map(own).collect()))
}

fn set(content: &Content, path: &str, bytes: &[u8], etag: &str) {
    let mut files = content.lock().unwrap();
    files.retain(|(known, _, _)| known != path);
    files.push((path.to_owned(), bytes.to_vec(), etag.to_owned()));
}

/// Serves `content`; `change` may spoil an answer.
fn server(
    content: &Content,
    change: impl Fn(Answer, &Request, usize) -> Answer + Send + 'static,
) -> (Server, UpdateOrigin) {
    let content = Arc::clone(content);
    let server = Server::start(move |request, before| {
        let files = content.lock().unwrap();
        let found = files.iter().find(|(path, _, _)| *path == request.path);
        change(
            found.map_or_else(|| Answer::status(404), |(_, bytes, etag)| Answer::file(request, bytes, etag)),
            request,
            before,
        )
    });
    let server = server.unwrap();
    let origin = UpdateOrigin::parse(&server.address()).unwrap();
    (server, origin)
}

fn feed(count: usize) -> Vec<u8> {
    zip(&(0..count).map(|n| record(&format!("A-{n}"), "npm", &format!("p{n}"), &[], "")).collect::<Vec<_>>())
}

const LIST: (&str, &[u8], &str) = ("/ecosystems.txt", b"npm\nBitnami\nUnheard Of\n", "list");

fn records(data_folder: &Path) -> u64 {
    Index::open(&data_folder.join("advisories.index")).unwrap().source().records
}

#[test]
fn fetches_what_the_program_knows_and_later_only_what_changed() {
    let content = content(&[
        LIST,
        ("/npm/all.zip", &feed(3), "one"),
        ("/kev.json", br#"{"catalogVersion":"1","vulnerabilities":[]}"#, "kev"),
    ]);
    let (server, origin) = server(&content, |answer, _, _| answer);
    let folder = testkit::folder(&[]);
    let updated = run(&origin, folder.path(), &[]).unwrap();
    assert_eq!((updated.records, updated.packages, updated.gaps), (3, 3, Vec::new()));
    assert_eq!(records(folder.path()), 3);
    let paths = |requests: &[Request]| requests.iter().map(|request| request.path.clone()).collect::<Vec<_>>();
    let first = server.requests().len();
    assert_eq!(
        paths(&server.requests()),
        ["/ecosystems.txt", "/npm/all.zip", "/kev.json", "/epss.csv.gz", "/epss.csv"]
    );
    run(&origin, folder.path(), &[]).unwrap();
    assert_eq!(server.requests()[first + 1].header("if-none-match"), Some("\"one\""));
    set(&content, "/npm/all.zip", &feed(5), "two");
    run(&origin, folder.path(), &[]).unwrap();
    assert_eq!(records(folder.path()), 5);
}

#[test]
fn goes_on_after_a_cut_and_keeps_the_old_index_until_the_new_one_is_whole() {
    let content = content(&[LIST, ("/npm/all.zip", &feed(3), "one")]);
    let is_cutting = Arc::new(Mutex::new(false));
    let cutting = Arc::clone(&is_cutting);
    let (server, origin) = server(&content, move |answer, request, _| {
        let is_zip = request.path == "/npm/all.zip";
        match (*cutting.lock().unwrap() && is_zip, request.header("range")) {
            (true, None) => answer.cut_after(2_000),
            (true, Some(_)) => Answer::status(503),
            _ => answer,
        }
    });
    let folder = testkit::folder(&[]);
    run(&origin, folder.path(), &[]).unwrap();
    set(&content, "/npm/all.zip", &feed(50), "two");
    *is_cutting.lock().unwrap() = true;
    assert!(matches!(run(&origin, folder.path(), &[]), Err(Error::Transport(_))));
    assert_eq!(records(folder.path()), 3);
    *is_cutting.lock().unwrap() = false;
    run(&origin, folder.path(), &[]).unwrap();
    assert_eq!(records(folder.path()), 50);
    let ranges: Vec<_> =
        server.requests().iter().filter_map(|request| request.header("range").map(str::to_owned)).collect();
    assert_eq!(ranges.last().map(String::as_str), Some("bytes=2000-"));
}

#[test]
fn a_damaged_zip_is_refused_and_the_old_index_stays() {
    let content = content(&[LIST, ("/npm/all.zip", &feed(3), "one")]);
    let (server, origin) = server(&content, |answer, _, _| answer);
    let folder = testkit::folder(&[]);
    run(&origin, folder.path(), &[]).unwrap();
    let whole = feed(20);
    let mut flipped = whole.clone();
    flipped[60] ^= 0xff;
    for (number, damaged) in
        [&flipped[..], &whole[..whole.len() - 30], b"<html>not here</html>", b""].into_iter().enumerate()
    {
        set(&content, "/npm/all.zip", damaged, &format!("damaged{number}"));
        let before = server.requests().len();
        assert!(matches!(run(&origin, folder.path(), &[]), Err(Error::Feed { .. })));
        assert_eq!(server.requests().len() - before, 3, "the list, and the zip twice");
        assert_eq!(records(folder.path()), 3);
        let left: Vec<_> =
            fs::read_dir(folder.path().join("feeds/npm")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().contains(".part")), "{left:?}");
    }
    set(&content, "/npm/all.zip", &whole, "whole");
    run(&origin, folder.path(), &[]).unwrap();
    assert_eq!(records(folder.path()), 20);
}

#[test]
fn ecosystems_can_be_chosen_and_unknown_ones_are_told() {
    let bitnami = zip(&[record("A-1", "Bitnami", "g:a", &[], "")]);
    let content = content(&[LIST, ("/npm/all.zip", &feed(3), "one"), ("/Bitnami/all.zip", &bitnami, "two")]);
    let (_server, origin) = server(&content, |answer, _, _| answer);
    let folder = testkit::folder(&[]);
    assert_eq!(run(&origin, folder.path(), &["Bitnami".to_owned()]).unwrap().records, 1);
    let error = run(&origin, folder.path(), &["Hex".to_owned()]).unwrap_err().to_string();
    assert!(
        error.contains("there is no ecosystem `Hex`") && error.ends_with("it has `npm`, `Bitnami`, `Unheard Of`"),
        "{error}"
    );
    assert_eq!(records(folder.path()), 1);
}

#[test]
fn a_folder_serves_as_well_and_one_update_runs_at_a_time() {
    let feeds = testkit::folder(&[("npm/all.zip", &feed(4))]);
    let folder = testkit::folder(&[]);
    let origin = UpdateOrigin::parse(feeds.path().to_str().unwrap()).unwrap();
    assert_eq!(run(&origin, folder.path(), &[]).unwrap().records, 4);
    let lock = fs::File::create(folder.path().join("update.lock")).unwrap();
    lock.lock().unwrap();
    assert!(matches!(run(&origin, folder.path(), &[]), Err(Error::Locked { .. })));
    drop(lock);
    run(&origin, folder.path(), &[]).unwrap();
    assert!(UpdateOrigin::parse("ftp://host.example").is_err());
}
