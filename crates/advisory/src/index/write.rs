//! Writing an index.

use inventory::Ecosystem;
use rustc_hash::FxHashMap;

use super::bytes::Writer;
use super::contents::{Contents, EcosystemRow};
use super::ids::write_id;
use super::package::{Exploitation, write_package};
use super::{MAGIC, Section, TITLE};
use crate::Error;
use crate::day::Day;
use crate::groups::{Group, Package};
use crate::severity::{CvssVersion, Vector};

/// An advisory that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Withdrawn {
    pub(crate) id: Box<str>,
    pub(crate) day: Option<Day>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EcosystemCount {
    /// With its release suffix.
    pub(crate) name: Box<str>,
    pub(crate) records: u64,
    pub(crate) newest: Option<Day>,
}

/// Collects packages as bytes, so that an ecosystem's records need not stay in memory while the next is read.
#[derive(Default)]
pub(crate) struct IndexWriter {
    vectors: VectorTable,
    places: Vec<u8>,
    packages: Vec<u8>,
    rows: Vec<EcosystemRow>,
}

impl IndexWriter {
    /// Adds the packages of some ecosystems: sorted by ecosystem, then name; an ecosystem is added once, as a whole.
    /// `exploitation` is asked for each group.
    ///
    /// # Errors
    /// When the packages take more than 4 GiB.
    pub(crate) fn add(
        &mut self,
        packages: &[Package],
        ecosystems: &[EcosystemCount],
        exploitation: impl Fn(&Group) -> Exploitation,
    ) -> Result<(), Error> {
        let before = self.places.len() / 4;
        for package in packages {
            let groups: Vec<_> = package.groups.iter().map(|group| (group, exploitation(group))).collect();
            let bytes = write_package(&package.name, &groups, |vector| self.vectors.number(vector));
            self.places.extend(size(self.packages.len(), "bytes of packages")?.to_le_bytes());
            self.packages.extend(libdeflater::crc32(&bytes).to_le_bytes());
            let mut length = Writer::default();
            length.count(bytes.len());
            self.packages.extend(length.0);
            self.packages.extend(bytes);
        }
        size(self.packages.len(), "bytes of packages")?;
        for ecosystem in ecosystems {
            let first = packages.partition_point(|package| package.ecosystem < ecosystem.name);
            let end = packages.partition_point(|package| package.ecosystem <= ecosystem.name);
            self.rows.push(EcosystemRow {
                name: ecosystem.name.to_string(),
                records: ecosystem.records,
                first_package: size(before + first, "packages")?,
                packages: size(end - first, "packages")?,
                newest: ecosystem.newest.map(|day| day.to_string()).unwrap_or_default(),
                is_ordered: Ecosystem::by_advisory_name(&ecosystem.name).is_some_and(|known| known.order.is_some()),
            });
        }
        Ok(())
    }

    /// The index as bytes. `head` are lines without `#`; `contents` comes without ecosystems; `withdrawn` is sorted, no id
    /// twice.
    pub(crate) fn finish(mut self, head: &[String], mut contents: Contents, withdrawn: &[Withdrawn]) -> Vec<u8> {
        self.rows.sort_unstable_by(|left, right| left.name.cmp(&right.name));
        contents.ecosystems = self.rows;
        let mut contents_bytes = Writer::default();
        contents.write(&mut contents_bytes);
        let sections = [contents_bytes.0, self.vectors.write(), write_withdrawn(withdrawn), self.places, self.packages];
        assemble(head, &sections)
    }
}

fn size(length: usize, what: &'static str) -> Result<u32, Error> {
    u32::try_from(length).map_err(|_| Error::TooLarge { what, limit: u64::from(u32::MAX) })
}

/// Vectors in the order of their first use.
#[derive(Default)]
struct VectorTable {
    numbers: FxHashMap<Vector, u64>,
    bytes: Writer,
}

impl VectorTable {
    fn number(&mut self, vector: &Vector) -> u64 {
        let next = self.numbers.len() as u64;
        if let Some(number) = self.numbers.get(vector) {
            return *number;
        }
        self.numbers.insert(vector.clone(), next);
        self.bytes.byte(CvssVersion::ALL.iter().position(|version| *version == vector.version()).unwrap_or(0) as u8);
        self.bytes.byte(vector.tenths());
        self.bytes.text(vector.text());
        next
    }

    /// Count, the offset of each vector behind the offsets, then the vectors.
    fn write(self) -> Vec<u8> {
        let mut offsets = Vec::new();
        let mut reader = super::bytes::Reader(&self.bytes.0);
        while !reader.is_empty() {
            offsets.push((self.bytes.0.len() - reader.0.len()) as u32);
            // Its own bytes: they are whole.
            if reader.bytes(2).is_err() || reader.text().is_err() {
                break;
            }
        }
        let mut section = Vec::with_capacity(4 + 4 * offsets.len() + self.bytes.0.len());
        section.extend((offsets.len() as u32).to_le_bytes());
        section.extend(offsets.into_iter().flat_map(u32::to_le_bytes));
        section.extend(self.bytes.0);
        section
    }
}

fn write_withdrawn(withdrawn: &[Withdrawn]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.count(withdrawn.len());
    for advisory in withdrawn {
        write_id(&mut writer, &advisory.id);
        writer.number(advisory.day.map_or(0, |day| u64::from(day.0) + 1));
    }
    writer.0
}

fn assemble(head: &[String], sections: &[Vec<u8>; Section::COUNT]) -> Vec<u8> {
    let mut file = TITLE.as_bytes().to_vec();
    for line in head {
        file.extend(format!("# {}\n", line.replace(['\n', '\r', '\0'], " ")).into_bytes());
    }
    file.push(b'\n');
    let header_start = file.len();
    file.extend(MAGIC);
    for section in sections {
        file.extend((section.len() as u64).to_le_bytes());
        file.extend(libdeflater::crc32(section).to_le_bytes());
    }
    let header_crc = libdeflater::crc32(file.get(header_start..).unwrap_or_default());
    file.extend(header_crc.to_le_bytes());
    for section in sections {
        file.extend(section);
    }
    file
}

/// Makes the header's checksum right again, for tests that damage what lies behind it.
#[cfg(test)]
pub(super) fn repair(file: &mut [u8]) {
    let Some(start) = file.windows(MAGIC.len()).position(|window| window == MAGIC) else { return };
    let end = start + MAGIC.len() + 12 * Section::COUNT;
    if file.len() < end + 4 {
        return;
    }
    let mut at = end + 4;
    for row in 0..Section::COUNT {
        let row = start + MAGIC.len() + 12 * row;
        let length = u64::from_le_bytes(file[row..row + 8].try_into().unwrap_or_default());
        let section_end = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(at).min(file.len());
        let checksum = libdeflater::crc32(&file[at..section_end]);
        file[row + 8..row + 12].copy_from_slice(&checksum.to_le_bytes());
        at = section_end;
    }
    let header = libdeflater::crc32(&file[start..end]);
    file[end..end + 4].copy_from_slice(&header.to_le_bytes());
}
