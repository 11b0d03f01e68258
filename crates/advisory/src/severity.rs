//! How bad a flaw is: CVSS vectors, the databases' own words, and the rule that picks one.
//!
//! **Source**: CVSS 2.0, 3.0, 3.1 and 4.0 of FIRST; the scores are the `cvss` crate's, which agrees with Red Hat's
//! calculator on every vector of the corpus and on 16,000 random ones. Versions 2 and 3 yield base scores, version 4 the
//! score of the vector as stated (with its threat metrics, if it has some).
//!
//! The rule for a group: a distribution's own judgement of its package stands above all; else the members are asked in the order of their ids (GitHub's first, then the ecosystem's own, CVE
//! last), and the first with a vector decides by its newest CVSS version, the highest score if it states several. Without
//! any vector the first stated word decides; malware is critical; when nobody says anything it is medium, and said so.

use std::cmp::Reverse;

use model::Severity;
use model::advisory::SeverityBasis;

/// A CVSS vector that was understood. Ordered: newest version first, then highest score, then text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Vector {
    version: Reverse<CvssVersion>,
    /// In tenths.
    score: Reverse<u8>,
    text: Box<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum CvssVersion {
    V2,
    V30,
    V31,
    V4,
}

impl CvssVersion {
    pub(crate) const ALL: [Self; 4] = [Self::V2, Self::V30, Self::V31, Self::V4];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V2 => "2.0",
            Self::V30 => "3.0",
            Self::V31 => "3.1",
            Self::V4 => "4.0",
        }
    }

    /// The metrics without which there is no score; the `cvss` crate takes a missing one for harmless.
    fn base_metrics(self) -> &'static [&'static str] {
        match self {
            Self::V2 => &["AV", "AC", "Au", "C", "I", "A"],
            Self::V30 | Self::V31 => &["AV", "AC", "PR", "UI", "S", "C", "I", "A"],
            Self::V4 => &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"],
        }
    }
}

fn states(vector: &str, metric: &str) -> bool {
    vector.split('/').filter_map(|part| part.split_once(':')).any(|(name, _)| name == metric)
}

/// Longer than any vector with every optional metric.
const MAX_VECTOR_BYTES: usize = 400;

impl Vector {
    /// `None` when the text is no CVSS vector that its version allows.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_VECTOR_BYTES {
            return None;
        }
        let (version, score) = match text.parse().ok()? {
            cvss::Cvss::CvssV20(vector) => (CvssVersion::V2, vector.score().value()),
            cvss::Cvss::CvssV30(vector) => (CvssVersion::V30, vector.base_score().value()),
            cvss::Cvss::CvssV31(vector) => (CvssVersion::V31, vector.base_score().value()),
            cvss::Cvss::CvssV40(vector) => (CvssVersion::V4, vector.score().value()),
            _ => return None,
        };
        if !version.base_metrics().iter().all(|metric| states(text, metric)) {
            return None;
        }
        let tenths = (score * 10.0).round().clamp(0.0, 100.0);
        Some(Self { version: Reverse(version), score: Reverse(tenths as u8), text: text.into() })
    }

    pub(crate) fn version(&self) -> CvssVersion {
        self.version.0
    }

    pub(crate) fn tenths(&self) -> u8 {
        self.score.0
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The class of the score. CVSS 2 has no critical class.
    fn severity(&self) -> Severity {
        match (self.tenths(), self.version()) {
            (90.., CvssVersion::V30 | CvssVersion::V31 | CvssVersion::V4) => Severity::Critical,
            (70.., _) => Severity::High,
            (40.., _) => Severity::Medium,
            (1.., _) => Severity::Low,
            (0, _) => Severity::Info,
        }
    }
}

/// A class in a database's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatedSeverity(Severity);

impl StatedSeverity {
    pub(crate) fn parse(word: &str) -> Option<Self> {
        const WORDS: &[(&str, Severity)] = &[
            ("critical", Severity::Critical),
            ("high", Severity::High),
            ("important", Severity::High),
            ("moderate", Severity::Medium),
            ("medium", Severity::Medium),
            ("low", Severity::Low),
            ("negligible", Severity::Info),
            ("none", Severity::Info),
        ];
        WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, severity)| Self(*severity))
    }

    /// Debian's word for flaws that its security team will not treat as such (`unimportant`): a distribution's own judgement
    /// of its build stands above upstream's score. Its other words only rank the team's work.
    pub(crate) fn parse_urgency(word: &str) -> Option<Self> {
        (word == "unimportant").then_some(Self(Severity::Info))
    }

    /// RustSec's notices: no flaw by themselves, but for unsound code.
    pub(crate) fn parse_informational(kind: &str) -> Option<Self> {
        matches!(kind, "unmaintained" | "notice").then_some(Self(Severity::Info))
    }
}

/// What one member of a group says, in the order of preference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opinion<'a> {
    pub(crate) is_malware: bool,
    /// Sorted.
    pub(crate) vectors: &'a [Vector],
    pub(crate) stated: Option<StatedSeverity>,
    /// Of the distribution that ships the package.
    pub(crate) vendor: Option<StatedSeverity>,
}

/// The group's severity by the rule above, and what it rests on.
pub(crate) fn judge<'a>(opinions: impl Iterator<Item = Opinion<'a>> + Clone) -> (Severity, SeverityBasis) {
    if let Some(StatedSeverity(severity)) = opinions.clone().find_map(|opinion| opinion.vendor) {
        return (severity, SeverityBasis::Stated);
    }
    if let Some(vector) = opinions.clone().find_map(|opinion| opinion.vectors.first()) {
        return (vector.severity(), SeverityBasis::Cvss);
    }
    if opinions.clone().any(|opinion| opinion.is_malware) {
        return (Severity::Critical, SeverityBasis::Malware);
    }
    match opinions.clone().find_map(|opinion| opinion.stated) {
        Some(StatedSeverity(severity)) => (severity, SeverityBasis::Stated),
        None => (Severity::Medium, SeverityBasis::Unstated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors(texts: &[&str]) -> Vec<Vector> {
        let mut vectors: Vec<_> = texts.iter().filter_map(|text| Vector::parse(text)).collect();
        vectors.sort_unstable();
        vectors
    }

    #[test]
    fn scores_every_version() {
        for (text, version, tenths) in [
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", "2.0", 75),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.0", 98),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "3.1", 61),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U", "3.1", 98),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "3.1", 0),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "4.0", 93),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P", "4.0", 89),
        ] {
            let vector = Vector::parse(text).unwrap();
            assert_eq!((vector.version().name(), vector.tenths(), vector.text()), (version, tenths, text));
        }
    }

    #[test]
    fn refuses_what_is_no_vector() {
        for text in [
            "",
            "7.5",
            "CVSS:3.1/AV:N",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:Q",
            "CVSS:9.9/AV:N/AC:L",
            "/",
            &"CVSS:3.1/AV:N/".repeat(100),
        ] {
            assert_eq!(Vector::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_preferred_member_with_a_vector_decides_by_its_newest_version() {
        let low4_high3 = vectors(&[
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:4.0/AV:L/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N",
        ]);
        let high3 = vectors(&["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]);
        let none = Opinion { is_malware: false, vectors: &[], stated: StatedSeverity::parse("HIGH"), vendor: None };
        let with = |vectors| Opinion { vectors, ..none };
        let check = |opinions: &[Opinion<'_>], expected| assert_eq!(judge(opinions.iter().copied()), expected);
        check(&[with(&low4_high3), with(&high3)], (Severity::Low, SeverityBasis::Cvss));
        check(&[none, with(&high3)], (Severity::Critical, SeverityBasis::Cvss));
        check(&[Opinion { stated: None, ..none }, none], (Severity::High, SeverityBasis::Stated));
        check(&[none, Opinion { is_malware: true, ..none }], (Severity::Critical, SeverityBasis::Malware));
        check(&[Opinion { stated: StatedSeverity::parse("odd"), ..none }], (Severity::Medium, SeverityBasis::Unstated));
    }
}
