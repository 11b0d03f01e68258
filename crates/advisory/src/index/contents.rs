//! What an index says of itself.

use super::Corrupt;
use super::bytes::{Reader, Writer};

/// Counts, dates and ecosystems.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    /// Day the content was taken, where its maker states one (the built-in starter); empty otherwise.
    pub(crate) taken: String,
    /// Advisories under distinct ids, without withdrawn ones.
    pub(crate) records: u64,
    pub(crate) withdrawn: u64,
    /// Records that could not be read.
    pub(crate) unreadable: u64,
    /// Day of the newest advisory.
    pub(crate) newest: String,
    /// The catalogue of known exploited vulnerabilities that was joined; empty when none was.
    pub(crate) known_exploited: String,
    /// Day of the exploitation probabilities that were joined; empty when none were.
    pub(crate) exploitation_probability: String,
    /// Sorted by name.
    pub(crate) ecosystems: Vec<EcosystemRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EcosystemRow {
    /// As OSV spells it, with its release suffix.
    pub(crate) name: String,
    pub(crate) records: u64,
    /// Its packages are the places from here …
    pub(crate) first_package: u32,
    /// … this many.
    pub(crate) packages: u32,
    pub(crate) newest: String,
    /// Whether its versions were in an order known to the program when the index was built.
    pub(crate) is_ordered: bool,
}

impl Contents {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.text(&self.taken);
        writer.number(self.records);
        writer.number(self.withdrawn);
        writer.number(self.unreadable);
        writer.text(&self.newest);
        writer.text(&self.known_exploited);
        writer.text(&self.exploitation_probability);
        writer.count(self.ecosystems.len());
        for row in &self.ecosystems {
            writer.text(&row.name);
            writer.number(row.records);
            writer.number(u64::from(row.first_package));
            writer.number(u64::from(row.packages));
            writer.text(&row.newest);
            writer.byte(u8::from(row.is_ordered));
        }
    }

    pub(super) fn read(mut reader: Reader<'_>) -> Result<Self, Corrupt> {
        let mut contents = Self {
            taken: reader.text()?.to_owned(),
            records: reader.number()?,
            withdrawn: reader.number()?,
            unreadable: reader.number()?,
            newest: reader.text()?.to_owned(),
            known_exploited: reader.text()?.to_owned(),
            exploitation_probability: reader.text()?.to_owned(),
            ecosystems: Vec::new(),
        };
        for _ in 0..reader.count()? {
            contents.ecosystems.push(EcosystemRow {
                name: reader.text()?.to_owned(),
                records: reader.number()?,
                first_package: reader.small()?,
                packages: reader.small()?,
                newest: reader.text()?.to_owned(),
                is_ordered: reader.byte()? != 0,
            });
        }
        Ok(contents)
    }
}
