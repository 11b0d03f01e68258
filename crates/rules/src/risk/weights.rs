//! The versioned numbers of the score.

use std::sync::LazyLock;

use model::table::SortedLines;

const TABLE: &str = include_str!("../../data/risk_weights.tsv");

pub(super) struct Weights(Vec<(&'static str, f64)>);

impl Weights {
    pub(super) fn built_in() -> &'static Self {
        static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
            Weights(SortedLines::new(TABLE).iter().map(|(name, value)| (name, value.parse().unwrap_or(0.0))).collect())
        });
        &WEIGHTS
    }

    /// The weight called `name`; a test makes sure that every name asked for is in the table.
    pub(super) fn get(&self, name: &str) -> f64 {
        self.0
            .binary_search_by(|(known, _)| (*known).cmp(name))
            .ok()
            .and_then(|at| self.0.get(at))
            .map_or(0.0, |(_, value)| *value)
    }

    pub(super) fn band(&self, score: f64) -> &'static str {
        let bands = [("band_critical", "critical"), ("band_high", "high"), ("band_medium", "medium")];
        bands.into_iter().find(|(name, _)| score >= self.get(name)).map_or("low", |(_, band)| band)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_numeric() {
        let table = SortedLines::new(TABLE);
        assert_eq!(table.first_unsorted(), None);
        assert!(table.iter().all(|(_, value)| value.parse::<f64>().is_ok()));
    }

    #[test]
    fn every_weight_that_the_score_asks_for_exists() {
        let source = concat!(include_str!("mod.rs"), include_str!("blast_radius.rs"));
        let asked = source.split('"').filter(|text| {
            text.contains('_') && text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
        });
        let outputs = [
            "blast_radius",
            "blast_radius_needed",
            "risk_removed_by_least_privilege",
            "worst_finding",
            "weights_version",
        ];
        for name in asked.filter(|name| !outputs.contains(name) && !name.ends_with('_')) {
            assert!(SortedLines::new(TABLE).get(name).is_some(), "{name}");
        }
        for group in [
            "exposure_public",
            "exposure_authenticated",
            "exposure_internal",
            "exposure_none",
            "severity_critical",
            "severity_info",
        ] {
            assert!(SortedLines::new(TABLE).get(group).is_some(), "{group}");
        }
        assert_eq!(Weights::built_in().band(70.0), "critical");
        assert_eq!(Weights::built_in().band(0.0), "low");
    }
}
