//! Licence comments that bundlers keep, in the bundle or in a text beside it.
//!
//! **Supported**: `/*! … */` and `@license` comments whose first lines state name and version; esbuild's block `Bundled
//! license information:` with the path of each file; ncc's `licenses.txt` with name and licence of each package; lists of
//! `Name:` and `Version:`. A comment's words are not names of packages, so a version counts only where something else shows
//! that this package is in the bundle.

use memchr::memmem;

use super::modules::{Module, module_at};
use super::traces::Traces;
use crate::ecosystems::npm::package_path::{PackagePath, is_name, is_version, split_name};

/// Texts that bundlers put beside `index.js`: appended to the bundle's name, or on their own.
pub(super) const BESIDE: &[&str] = &[".LEGAL.txt", ".LICENSE.txt"];
pub(super) const LISTS: &[&str] =
    &["licenses.txt", "LICENSES.txt", "THIRD-PARTY-LICENSES.txt", "third-party-licenses.txt"];

/// A comment's head that states a version: `lodash 4.17.21`, `Axios v1.7.2`.
#[derive(Debug, PartialEq, Eq)]
struct Banner<'a> {
    /// The words before the version.
    title: &'a str,
    version: &'a str,
}

/// Bytes of a comment that are looked at.
const MAX_HEAD_BYTES: usize = 400;
/// Bytes that may be looked at again for heads, for each byte of the text: keeps hostile texts linear.
const MAX_LOOKS_PER_BYTE: usize = 8;
/// Its lines that may hold name and version.
const MAX_HEAD_LINES: usize = 4;

/// Adds what comments of `text` say of packages that `traces` knows of.
pub(super) fn add_banners(text: &str, modules: &[Module<'_>], traces: &mut Traces) {
    // The block tells whose file each of its comments is from, so it is read for itself.
    let text = block_start(text).and_then(|start| text.get(..start)).unwrap_or(text);
    let mut looks_left = text.len().saturating_mul(MAX_LOOKS_PER_BYTE);
    for at in comments(text) {
        let end = text.len().min(at.saturating_add(MAX_HEAD_BYTES));
        looks_left = looks_left.saturating_sub(end - at);
        if looks_left == 0 {
            return;
        }
        let Some(banner) = banner_at(text, at) else { continue };
        match module_at(modules, at) {
            Some(module) => banner.add_to_module(&module.path, traces),
            None => {
                if let Some(name) = banner.known(traces) {
                    traces.add(&name, Some(banner.version));
                }
            }
        }
    }
}

/// Bytes at the start of a module in which its licence comment begins.
const MAX_LEAD_BYTES: usize = 512;

/// Adds the version that the licence comment at the start of a module states: for the module's package, or for one that
/// this holds a copy of.
pub(super) fn add_head(path: &PackagePath<'_>, content: &str, traces: &mut Traces) {
    let lead = content.get(..MAX_LEAD_BYTES).unwrap_or(content);
    if let Some(banner) = comments(lead).min().and_then(|at| banner_at(content, at)) {
        banner.add_to_module(path, traces);
    }
}

/// What the comment whose text begins at `at` states.
fn banner_at(text: &str, at: usize) -> Option<Banner<'_>> {
    let end = text.len().min(at.saturating_add(MAX_HEAD_BYTES));
    (0..4).find_map(|back| text.get(at..end.checked_sub(back)?)).and_then(banner)
}

/// Offsets behind the marks of licence comments.
fn comments(text: &str) -> impl Iterator<Item = usize> {
    let marked = memmem::find_iter(text.as_bytes(), "*!").map(|at| at + 2);
    let licensed = memmem::find_iter(text.as_bytes(), "@license").map(|at| at + "@license".len());
    marked.chain(licensed)
}

/// Name and version in the first lines of a comment.
fn banner(head: &str) -> Option<Banner<'_>> {
    let head = head.split("*/").next().unwrap_or(head);
    // A package of one function of lodash, which has a version of its own.
    if head.contains(ONE_FUNCTION) {
        return None;
    }
    let mut lines = head
        .lines()
        .map(|line| line.trim_start_matches([' ', '*', '!', '\t']).trim_end())
        .filter(|line| !line.is_empty() && *line != "@license" && *line != "@preserve")
        .take(MAX_HEAD_LINES);
    while let Some(line) = lines.next() {
        let line = line.strip_prefix("@license ").or_else(|| line.strip_prefix("@preserve ")).unwrap_or(line);
        if let Some(banner) = banner_line(line) {
            // `React v17.0.2`, then `react-dom.production.min.js`: the file says whose version it is.
            let file = lines.next().filter(|next| next.ends_with(".js") && !next.contains(' '));
            let is_of_other = file.is_some_and(|file| {
                !banner
                    .candidates()
                    .iter()
                    .any(|name| file.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.')))
            });
            return (!is_of_other).then_some(banner);
        }
    }
    None
}

/// What lodash's build says it was told to do (`lodash.isarray` 3.0.4: `lodash modern modularize exports="npm"`).
const ONE_FUNCTION: &str = " modularize ";

/// Words of a title; longer ones are prose.
const MAX_TITLE_WORDS: usize = 4;

fn banner_line(line: &str) -> Option<Banner<'_>> {
    let mut words = 0;
    let mut at = 0;
    for word in line.split(' ') {
        let bare = word.trim_start_matches(['v', 'V', '@', '(']).trim_end_matches([',', ';', ')', ':']);
        if words > 0 && is_version(bare) {
            let title = line.get(..at)?.trim_end_matches([' ', '-', ':']);
            let title = ["version", "Version", "ver"].iter().find_map(|tail| title.strip_suffix(tail)).unwrap_or(title);
            return Some(Banner { title: title.trim_end_matches([' ', '-', ':', ',']), version: bare });
        }
        words += usize::from(!word.is_empty());
        if words > MAX_TITLE_WORDS {
            return None;
        }
        at += word.len() + 1;
    }
    None
}

impl Banner<'_> {
    /// The names that the title may mean.
    fn candidates(&self) -> Vec<String> {
        let lower = self.title.to_ascii_lowercase();
        let bare = lower.strip_suffix(".js").unwrap_or(&lower);
        let mut names =
            vec![self.title.to_owned(), lower.replace(' ', "-"), bare.replace(' ', "-"), bare.replace(' ', "")];
        names.retain(|name| is_name(name));
        names.dedup();
        names
    }

    /// The package of `traces` that it speaks of.
    fn known(&self, traces: &Traces) -> Option<String> {
        self.candidates().into_iter().find(|name| self.names(name) && traces.names(name))
    }

    /// Adds it as the version of the module's package, or of the copy of another that lies there: such a copy, or a package
    /// installed under another name, says nothing of the package's own folder.
    fn add_to_module(&self, path: &PackagePath<'_>, traces: &mut Traces) {
        if self.names(path.name) {
            if path.version.is_none() {
                traces.add_version_of(path, self.version);
            }
        } else if let Some(name) = self.known(traces) {
            traces.add_copy(&name, self.version);
        }
    }

    fn names(&self, package: &str) -> bool {
        BUILT.binary_search(&package).is_ok() && self.candidates().iter().any(|name| name == package)
    }
}

/// Packages whose build writes the version into the comment, as seen in published versions (axios 1.6.0, handlebars 4.7.6,
/// lodash 3.10.1 and react 17.0.2). Comments that people keep lag behind: base64id 2.0.0 says 0.1.0. Sorted.
const BUILT: &[&str] = &["axios", "handlebars", "lodash", "react"];

const BLOCK: &str = "Bundled license information:";

/// Folders of projects, which esbuild's block names as it does packages. Sorted.
const PROJECT_FOLDERS: &[&str] = &[
    "app",
    "apps",
    "code",
    "dist",
    "functions",
    "handlers",
    "lambda",
    "lambdas",
    "lib",
    "libs",
    "modules",
    "packages",
    "server",
    "services",
    "source",
    "src",
    "vendor",
];

/// Adds the packages that esbuild's block of licences names by the paths of their files.
pub(super) fn add_block(text: &str, traces: &mut Traces) {
    let Some(block) = block_start(text).and_then(|start| text.get(start..)) else { return };
    let mut package: Option<&str> = None;
    for line in block.lines() {
        if line.starts_with("*/") {
            break;
        }
        if let Some(path) = line.strip_suffix(':').filter(|path| !path.starts_with(' ')) {
            package =
                split_name(path).map(|(name, _)| name).filter(|name| PROJECT_FOLDERS.binary_search(name).is_err());
            if let Some(name) = package {
                traces.add(name, None);
            }
        } else if let (Some(name), Some(banner)) = (package, banner_line(line.trim_start_matches([' ', '*', '(', '!'])))
        {
            if banner.names(name) {
                traces.add(name, Some(banner.version));
            } else if let Some(other) = banner.known(traces) {
                traces.add_copy(&other, banner.version);
            }
        }
    }
}

/// Offset behind the heading of esbuild's block, which is the last of its kind.
fn block_start(text: &str) -> Option<usize> {
    memmem::rfind(text.as_bytes(), BLOCK.as_bytes()).map(|at| at + BLOCK.len())
}

/// Adds the packages that a list of licences names: a name with its licence below (ncc), or `Name:` and `Version:`.
pub(super) fn add_list(text: &str, traces: &mut Traces) {
    let mut lines = text.lines().peekable();
    let (mut is_paragraph, mut named): (bool, Option<&str>) = (true, None);
    while let Some(line) = lines.next() {
        let line = line.trim_end();
        if let Some(name) = line.strip_prefix("Name: ").filter(|name| is_name(name)) {
            traces.add(name, None);
            named = Some(name);
        } else if let (Some(version), Some(name)) = (line.strip_prefix("Version: "), named) {
            traces.add(name, Some(version));
        } else if is_paragraph && is_name(line) && lines.peek().is_some_and(|next| is_licence(next.trim())) {
            traces.add(line, None);
        }
        is_paragraph = line.is_empty();
    }
}

/// Beginnings of SPDX ids that packages of the registry state. Sorted.
const LICENCES: &[&str] = &[
    "(",
    "0BSD",
    "AFL",
    "AGPL",
    "Apache",
    "Artistic",
    "BSD",
    "BlueOak",
    "CC-",
    "CC0",
    "EPL",
    "GPL",
    "ISC",
    "LGPL",
    "MIT",
    "MPL",
    "Python-",
    "Unlicense",
    "WTFPL",
    "Zlib",
];

fn is_licence(line: &str) -> bool {
    line.len() < 60 && LICENCES.iter().any(|licence| line.starts_with(licence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn project_folders_are_sorted() {
        assert!(PROJECT_FOLDERS.is_sorted());
    }

    #[test]
    fn reads_name_and_version_of_a_comment() {
        let cases = [
            (" Axios v1.7.2 Copyright (c) 2024 Matt Zabriskie and contributors */", Some(("axios", "1.7.2"))),
            ("\n * @license\n * lodash 3.10.1 (Custom Build) <x>\n", Some(("lodash", "3.10.1"))),
            ("\n * jQuery JavaScript Library v3.4.1\n", Some(("jquery-javascript-library", "3.4.1"))),
            (" React v17.0.2\n * react-dom.production.min.js\n", None),
            (" React v17.0.2\n * react.production.min.js\n", Some(("react", "17.0.2"))),
            (" decimal.js v10.4.3\n", Some(("decimal.js", "10.4.3"))),
            (" pako 2.1.0 https://x @license MIT */", Some(("pako", "2.1.0"))),
            ("\n * Copyright 2021 Somebody\n", None),
            (
                "\n * lodash 3.0.4 (Custom Build) <x>\n * Build: `lodash modern modularize exports=\"npm\" -o ./`\n",
                None,
            ),
            (" this has been so since about version 1.0.0 of it */", None),
        ];
        for (head, expected) in cases {
            let found = banner(head);
            let matches = match (&found, expected) {
                (Some(banner), Some((name, version))) => {
                    banner.candidates().iter().any(|candidate| candidate == name) && banner.version == version
                }
                (None, None) => true,
                _ => false,
            };
            assert!(matches, "{head}: {found:?}");
        }
    }

    fn packages(add: impl Fn(&mut Traces)) -> Vec<(String, Option<String>)> {
        let mut traces = Traces::default();
        add(&mut traces);
        traces.packages().into_iter().map(|found| (found.package, found.version)).collect()
    }

    #[test]
    fn reads_lists_of_licences() {
        let block = "x();\n/*! Bundled license information:\n\nlodash/lodash.js:\n  (**\n   * @license\n   * Lodash 4.17.21 <x>\n   *)\n\n@s/a/i.js:\n  (*! x *)\nsrc/own.js:\n  (*! y *)\n*/\n";
        let named = |name: &str, version: Option<&str>| (name.to_owned(), version.map(str::to_owned));
        assert_eq!(
            packages(|traces| add_block(block, traces)),
            [named("@s/a", None), named("lodash", Some("4.17.21"))]
        );
        // A package installed under another name.
        let block = "/*! Bundled license information:\n\nlodash/lodash.js:\n  (**\n   * @license\n   * Lodash <x>\n   *)\n\nlodash3/index.js:\n  (**\n   * @license\n   * lodash 3.10.1 <x>\n   *)\n*/\n";
        assert_eq!(
            packages(|traces| {
                add_block(block, traces);
                add_banners(block, &[], traces);
            }),
            [named("lodash", None), named("lodash", Some("3.10.1")), named("lodash3", None)]
        );
        let list = "lodash\nMIT\nCopyright\n\nGNU\n\n@s/a\nApache-2.0\n text\nMIT\n\n";
        assert_eq!(packages(|traces| add_list(list, traces)), [named("@s/a", None), named("lodash", None)]);
        let pairs = "Name: a\nVersion: 1.0.0\nLicense: MIT\n---\nName: b\nLicense: MIT\n";
        assert_eq!(packages(|traces| add_list(pairs, traces)), [named("a", Some("1.0.0")), named("b", None)]);
    }
}
