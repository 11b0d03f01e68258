//! What an index holds, for people.

use crate::Index;
use crate::index::Contents;

/// Counts and dates; texts are empty where nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub records: u64,
    pub withdrawn: u64,
    /// Records that could not be read when the index was built.
    pub unreadable: u64,
    pub newest: String,
    pub size_bytes: u64,
    /// Version of the catalogue of known exploited vulnerabilities.
    pub known_exploited: String,
    /// Day of the exploitation probabilities.
    pub exploitation_probability: String,
    /// By name.
    pub ecosystems: Vec<EcosystemStatus>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcosystemStatus {
    pub name: String,
    pub records: u64,
    pub packages: u64,
    pub newest: String,
    /// Whether versions are compared; where not, every answer is `possible`.
    pub is_ordered: bool,
}

impl Index {
    pub fn status(&self) -> Status {
        let Contents {
            taken: _,
            records,
            withdrawn,
            unreadable,
            newest,
            known_exploited,
            exploitation_probability,
            ecosystems,
        } = self.contents().clone();
        let ecosystems = ecosystems.into_iter().map(|row| EcosystemStatus {
            name: row.name,
            records: row.records,
            packages: u64::from(row.packages),
            newest: row.newest,
            is_ordered: row.is_ordered,
        });
        Status {
            records,
            withdrawn,
            unreadable,
            newest,
            size_bytes: self.as_bytes().len() as u64,
            known_exploited,
            exploitation_probability,
            ecosystems: ecosystems.collect(),
        }
    }
}
