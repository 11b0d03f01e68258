//! What each scanner finds on the same input, with every difference explained by a row of `benches/differences.tsv`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};
use globset::{Glob, GlobMatcher};
use serde_json::Value;

/// A row says why a component is found by us or by a peer only.
pub(super) struct Difference {
    input: String,
    peer: String,
    side: Side,
    purls: GlobMatcher,
    /// As the row is written.
    row: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Ours,
    Theirs,
}

/// Components of one input found by us and by one peer.
pub(super) struct Compared {
    pub(super) input: &'static str,
    pub(super) peer: &'static str,
    pub(super) both: usize,
    pub(super) only_ours: BTreeSet<String>,
    pub(super) only_theirs: BTreeSet<String>,
}

impl Compared {
    pub(super) fn new(
        input: &'static str,
        peer: &'static str,
        ours: &BTreeSet<String>,
        theirs: &BTreeSet<String>,
    ) -> Self {
        Self {
            input,
            peer,
            both: ours.intersection(theirs).count(),
            only_ours: ours.difference(theirs).cloned().collect(),
            only_theirs: theirs.difference(ours).cloned().collect(),
        }
    }

    fn differences(&self) -> impl Iterator<Item = (Side, &String)> {
        let theirs = self.only_theirs.iter().map(|purl| (Side::Theirs, purl));
        self.only_ours.iter().map(|purl| (Side::Ours, purl)).chain(theirs)
    }
}

/// What no row explains, then rows of what was compared that explain nothing.
pub(super) struct Verdict {
    pub(super) unexplained: Vec<String>,
    pub(super) unused: Vec<String>,
}

pub(super) fn judge(compared: &[Compared], table: &[Difference]) -> Verdict {
    let mut used = vec![false; table.len()];
    let mut unexplained = Vec::new();
    for one in compared {
        for (side, purl) in one.differences() {
            let mut explained = false;
            for (difference, used) in table.iter().zip(&mut used) {
                if difference.explains(one, side, purl) {
                    *used = true;
                    explained = true;
                }
            }
            if !explained {
                unexplained.push(format!("{}\t{}\t{}\t{purl}", one.input, one.peer, side.word()));
            }
        }
    }
    let was_compared = |row: &Difference| compared.iter().any(|one| row.input == one.input && row.peer == one.peer);
    let unused = table.iter().zip(used).filter(|(row, used)| !used && was_compared(row));
    Verdict { unexplained, unused: unused.map(|(row, _)| row.row.clone()).collect() }
}

impl Difference {
    fn explains(&self, compared: &Compared, side: Side, purl: &str) -> bool {
        self.input == compared.input && self.peer == compared.peer && self.side == side && self.purls.is_match(purl)
    }
}

impl Side {
    fn word(self) -> &'static str {
        if self == Self::Ours { "ours" } else { "theirs" }
    }
}

/// The rows of the table: input, peer, side, pattern of purls, reason, with tabs between; `#` starts a comment.
pub(super) fn table(text: &str) -> Result<Vec<Difference>> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(difference).collect()
}

fn difference(row: &str) -> Result<Difference> {
    let fields: Vec<&str> = row.split('\t').collect();
    let &[input, peer, side, purls, reason] = fields.as_slice() else { bail!("`{row}` has not five fields") };
    let side = match side {
        "ours" => Side::Ours,
        "theirs" => Side::Theirs,
        other => bail!("`{row}`: `{other}` is neither `ours` nor `theirs`"),
    };
    ensure!(!reason.trim().is_empty(), "`{row}` gives no reason");
    let purls = Glob::new(purls).with_context(|| format!("`{row}` has no pattern of purls"))?.compile_matcher();
    let [input, peer, row] = [input, peer, row].map(str::to_owned);
    Ok(Difference { input, peer, side, purls, row })
}

/// Purls of shipped components in our JSON or in CycloneDX, without qualifiers, in one spelling.
pub(super) fn components(output: &[u8]) -> Result<BTreeSet<String>> {
    let document: Value = serde_json::from_slice(output).context("the list of components is no JSON")?;
    let components = document.get("components").and_then(Value::as_array);
    let shipped = components.into_iter().flatten().filter(|component| {
        component.get("presence").and_then(Value::as_str).is_none_or(|presence| presence == "shipped")
    });
    Ok(shipped.filter_map(|component| component.get("purl")?.as_str()).map(plain).collect())
}

/// **Source**: package-url specification, "Purl types": which names are case-insensitive. What one scanner writes into the
/// version and another beside it (epochs, folders of Go modules, the `v` of Go's own releases) is brought to one form.
fn plain(purl: &str) -> String {
    let (rest, subpath) = purl.split_once('#').unwrap_or((purl, ""));
    let (bare, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
    let decoded = percent_decoded(bare);
    let (name, version) = decoded.rsplit_once('@').unwrap_or((&decoded, ""));
    let (name, version) = match name.split('/').next() {
        Some("pkg:pypi") => (name.to_lowercase().replace(['_', '.'], "-"), version.to_owned()),
        Some("pkg:golang") => golang(&name.to_lowercase(), version, subpath),
        Some("pkg:deb") => (name.to_lowercase(), with_epoch(version, qualifiers)),
        _ => (name.to_owned(), version.to_owned()),
    };
    if version.is_empty() { name } else { format!("{name}@{version}") }
}

fn golang(name: &str, version: &str, subpath: &str) -> (String, String) {
    match (name, subpath) {
        ("pkg:golang/stdlib", _) => (name.to_owned(), version.trim_start_matches('v').to_owned()),
        (_, "") => (name.to_owned(), version.to_owned()),
        _ => (format!("{name}/{}", subpath.to_lowercase()), version.to_owned()),
    }
}

fn with_epoch(version: &str, qualifiers: &str) -> String {
    let epoch = qualifiers.split('&').find_map(|qualifier| qualifier.strip_prefix("epoch="));
    epoch.filter(|_| !version.contains(':')).map_or(version.to_owned(), |epoch| format!("{epoch}:{version}"))
}

fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok()).filter(u8::is_ascii) {
            Some(byte) => {
                decoded.push(char::from(byte));
                decoded.push_str(part.get(2..).unwrap_or_default());
            }
            None => {
                let _ = write!(decoded, "%{part}");
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::inputs::INPUTS;
    use crate::bench::peers::PEERS;

    fn check(ours: &[&str], theirs: &[&str], rows: &str, unexplained: &[&str], unused: &[&str]) {
        let set = |purls: &[&str]| purls.iter().map(|purl| (*purl).to_owned()).collect();
        let verdict = judge(&[Compared::new("node", "syft", &set(ours), &set(theirs))], &table(rows).unwrap());
        assert_eq!(verdict.unexplained, unexplained);
        assert_eq!(verdict.unused, unused);
    }

    #[test]
    fn a_difference_without_a_row_is_unexplained_and_a_row_without_a_difference_unused() {
        let row = "node\tsyft\tours\tpkg:npm/a@*\tit reads no zips";
        check(&["pkg:npm/a@1"], &[], "", &["node\tsyft\tours\tpkg:npm/a@1"], &[]);
        check(&["pkg:npm/a@1"], &[], row, &[], &[]);
        check(&[], &["pkg:npm/a@1"], row, &["node\tsyft\ttheirs\tpkg:npm/a@1"], &[row]);
        check(&["pkg:npm/a@1"], &["pkg:npm/a@1"], row, &[], &[row]);
        check(&[], &[], "# nothing\n\nnode\ttrivy\tours\t*\tnot compared", &[], &[]);
    }

    #[test]
    fn rows_of_another_shape_are_refused() {
        for row in ["node\tsyft\tours\t*", "node\tsyft\tboth\t*\twhy", "node\tsyft\tours\t*\t "] {
            assert!(table(row).is_err(), "{row}");
        }
    }

    #[test]
    fn purls_are_compared_without_qualifiers_and_in_one_spelling() {
        for (purl, expected) in [
            ("pkg:npm/%40scope/Name@1.0?x=y#z", "pkg:npm/@scope/Name@1.0"),
            ("pkg:pypi/Typing_Extensions@4.1", "pkg:pypi/typing-extensions@4.1"),
            ("pkg:golang/github.com/A/b@v1%2Bincompatible", "pkg:golang/github.com/a/b@v1+incompatible"),
            ("pkg:deb/debian/libstdc%2B%2B6@1%3A2-3?arch=amd64", "pkg:deb/debian/libstdc++6@1:2-3"),
            ("pkg:deb/debian/git@2.39-1?arch=amd64&epoch=1", "pkg:deb/debian/git@1:2.39-1"),
            ("pkg:golang/github.com/a/b@v1.2.0#service/Sts", "pkg:golang/github.com/a/b/service/sts@v1.2.0"),
            ("pkg:golang/stdlib@v1.26.8", "pkg:golang/stdlib@1.26.8"),
            ("pkg:generic/100%", "pkg:generic/100%"),
        ] {
            assert_eq!(plain(purl), expected);
        }
    }

    #[test]
    fn only_what_is_shipped_counts() {
        let ours = br#"{"components":[{"purl":"pkg:npm/a@1","presence":"shipped"},{"purl":"pkg:npm/b@1","presence":"project"}]}"#;
        let theirs = br#"{"components":[{"name":"os"},{"purl":"pkg:npm/a@1"}]}"#;
        assert_eq!(components(ours).unwrap(), components(theirs).unwrap());
        assert!(components(b"").is_err());
    }

    #[test]
    fn every_row_of_the_table_names_an_input_and_a_peer() {
        for row in table(include_str!("../../../benches/differences.tsv")).unwrap() {
            assert!(INPUTS.iter().any(|input| input.name == row.input), "{}", row.row);
            assert!(PEERS.iter().any(|peer| peer.name == row.peer), "{}", row.row);
        }
    }
}
