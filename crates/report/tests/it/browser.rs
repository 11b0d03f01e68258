//! The page as a browser shows it: readable without JavaScript, inert, printable.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{page, rich};

const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

fn browser() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .flat_map(|folder| BROWSERS.iter().map(move |name| folder.join(name)))
        .find(|file| file.is_file())
        .expect("no Chromium on PATH: `cargo xtask test` installs it")
}

/// Forbids scripts. (With `--blink-settings=scriptEnabled=false` the browser prints an empty document.)
const NO_SCRIPTS: &str = "<head><meta http-equiv=\"Content-Security-Policy\" \
    content=\"default-src 'none'; style-src 'unsafe-inline'\">";

/// Opens the page with these flags; the answer is what the browser prints.
fn open(folder: &Path, page: &str, flags: &[&str]) -> String {
    let file = folder.join("report.html");
    std::fs::write(&file, page).unwrap();
    let output = Command::new(browser())
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .args(flags)
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("the browser starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The text a reader sees, without tags, styles and scripts.
fn visible(document: &str) -> String {
    let body = document.split_once("<body>").unwrap().1;
    let body = body.split("<script>").next().unwrap();
    let text: String = body.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[test]
fn tells_everything_without_javascript() {
    let folder = tempfile::tempdir().unwrap();
    let document = open(folder.path(), &page::page().replacen("<head>", NO_SCRIPTS, 1), &["--dump-dom"]);
    let text = visible(&document);
    let report = rich::rich_report();
    // Code stands in elements of its own, and what steers a reader is replaced.
    let plain = |text: &str| text.replace('`', "").replace(['\u{1b}', '\u{202e}'], "\u{fffd}");
    let shown = |wanted: &str| assert!(text.contains(&plain(wanted)), "`{wanted}` is not on the page");
    for assessment in &report.functions {
        shown(&assessment.function.name);
        assessment.permissions.verdicts.iter().for_each(|verdict| shown(&verdict.action));
        assessment.components.iter().for_each(|component| shown(component.purl.trim_start_matches("pkg:")));
        assessment.gaps.iter().for_each(|gap| shown(&gap.why));
        for finding in &assessment.findings {
            match &finding.advisory {
                Some(advisory) => advisory.ids.iter().for_each(|id| shown(id)),
                None => shown(&finding.title),
            }
        }
    }
    shown("\"Action\": [\n        \"dynamodb:GetItem\"\n      ]");
    assert!(document.contains("<del><code>dynamodb:DeleteItem</code></del>"), "needless actions are struck through");
    assert!(document.contains("<button class=\"copy\" type=\"button\" hidden"), "no dead buttons");
}

#[test]
fn runs_nothing_that_a_name_brings_along() {
    let folder = tempfile::tempdir().unwrap();
    let document = open(folder.path(), &page::page(), &["--dump-dom"]);
    assert!(document.contains("<title>fnassay: examples/shop</title>"), "a name became a script");
    assert_eq!(document.matches("<script").count(), 1);
    assert_eq!(document.matches("<img").count(), 0);
}

#[test]
fn prints() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    open(folder.path(), &page::page(), &["--no-pdf-header-footer", &format!("--print-to-pdf={}", file.display())]);
    let pdf = std::fs::read(file).unwrap();
    assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 10_000);
}
