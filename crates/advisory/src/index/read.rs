//! Opening an index and finding packages in it.

use std::cmp::Ordering;
use std::ops::Range;
use std::path::Path;

use mapping::MappedFile;
use model::advisory::{AdvisorySource, Cvss};

use super::bytes::{Reader, u32_at};
use super::contents::{Contents, EcosystemRow};
use super::ids::read_id;
use super::package::PackageView;
use super::{Corrupt, MAGIC, MAX_TEXT_BYTES, Section, TITLE};
use crate::Error;
use crate::bytes::Bytes;
use crate::day::Day;
use crate::severity::CvssVersion;

/// Length and CRC-32 of a section in the header.
const SECTION_ROW_BYTES: usize = 12;
const STARTER: &[u8] = include_bytes!("../../data/starter.advisories");
/// How reports name the built-in starter.
const STARTER_NAME: &str = "built-in starter";

/// Every advisory the program judges by, mapped and ready.
#[derive(Debug)]
pub struct Index {
    bytes: Bytes,
    sections: [Range<usize>; Section::COUNT],
    /// CRC-32 of each section as the header states it.
    checksums: [u32; Section::COUNT],
    contents: Contents,
    source: AdvisorySource,
}

impl Index {
    /// The table built into the program: a choice of npm's and PyPI's advisories, so that a first run works offline.
    ///
    /// # Errors
    /// None, as a test makes sure; the type spares a panic.
    pub fn starter() -> Result<Self, Error> {
        let mut index = Self::read(Bytes::Static(STARTER), STARTER_NAME, "")?;
        index.source.is_starter = true;
        index.source.built_at.clone_from(&index.contents.taken);
        Ok(index)
    }

    /// Maps the index at `path`. Costs the same whatever its size.
    ///
    /// # Errors
    /// When the file cannot be opened, is no index, is of another format, cut short or damaged in what is read here.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = std::fs::File::open(path).map_err(Error::file("open advisory index", path))?;
        let modified = file.metadata().and_then(|metadata| metadata.modified()).map_err(Error::file("read", path))?;
        let built_at = jiff::Timestamp::try_from(modified).map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        let map = MappedFile::map(&file).map_err(Error::file("map", path))?;
        Self::read(Bytes::Mapped(map), &path.display().to_string(), &built_at.unwrap_or_default())
    }

    /// An index held in memory.
    ///
    /// # Errors
    /// As for [`Index::open`].
    pub fn from_bytes(bytes: Vec<u8>, name: &str) -> Result<Self, Error> {
        Self::read(Bytes::Owned(bytes), name, "")
    }

    /// Where the advisories come from, for the report.
    pub fn source(&self) -> &AdvisorySource {
        &self.source
    }

    /// The lines of text in front: title, sources, licences.
    pub fn head(&self) -> &str {
        let end = self.sections.first().map_or(0, |first| first.start).saturating_sub(header_bytes());
        std::str::from_utf8(self.bytes.as_ref().get(..end).unwrap_or_default()).unwrap_or_default()
    }

    /// When an advisory that used to be known was taken back: `None` when it was not, `Some(None)` on an unknown day.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn withdrawn(&self, id: &str) -> Result<Option<Option<String>>, Error> {
        let mut reader = Reader(self.section(Section::Withdrawn));
        let mut find = || {
            for _ in 0..reader.count()? {
                let (known, day) = (read_id(&mut reader)?, reader.small()?.checked_sub(1).map(Day));
                if known == id {
                    return Ok(Some(day.map(|day| day.to_string())));
                }
            }
            Ok(None)
        };
        find().map_err(|corrupt| self.corrupt(corrupt))
    }

    /// Compares every checksum; costs one pass over the file.
    ///
    /// # Errors
    /// When something is damaged.
    pub fn verify(&self) -> Result<(), Error> {
        for (range, expected) in self.sections.iter().zip(self.checksums) {
            if libdeflater::crc32(self.bytes.as_ref().get(range.clone()).unwrap_or_default()) != expected {
                return Err(self.corrupt(Corrupt("a section is damaged")));
            }
        }
        let packages = self.section(Section::Places).len() as u64 / 4;
        (0..packages).try_for_each(|number| self.read_whole(number)).map_err(|corrupt| self.corrupt(corrupt))
    }

    /// The file's bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    pub(crate) fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The ecosystem's row, by OSV's name with its release suffix.
    pub(crate) fn ecosystem(&self, name: &str) -> Option<&EcosystemRow> {
        let rows = &self.contents.ecosystems;
        rows.binary_search_by(|row| row.name.as_str().cmp(name)).ok().and_then(|at| rows.get(at))
    }

    /// The package of this canonical name; `None` when the index has no advisory for it.
    ///
    /// # Errors
    /// When the index is damaged on the way.
    pub(crate) fn find(&self, ecosystem: &EcosystemRow, name: &str) -> Result<Option<PackageBytes<'_>>, Error> {
        let first = u64::from(ecosystem.first_package);
        let (mut low, mut high) = (first, first + u64::from(ecosystem.packages));
        while low < high {
            let middle = low + (high - low) / 2;
            let package = self.package(middle).map_err(|corrupt| self.corrupt(corrupt))?;
            match package.name().map_err(|corrupt| self.corrupt(corrupt))?.cmp(name) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Ok(Some(package)),
            }
        }
        Ok(None)
    }

    /// The packages of one ecosystem, by name.
    pub(crate) fn packages<'i>(
        &'i self,
        ecosystem: &EcosystemRow,
    ) -> impl Iterator<Item = Result<PackageBytes<'i>, Error>> + use<'i> {
        let first = u64::from(ecosystem.first_package);
        (first..first + u64::from(ecosystem.packages))
            .map(|number| self.package(number).map_err(|corrupt| self.corrupt(corrupt)))
    }

    /// The vector of this number.
    pub(crate) fn vector(&self, number: u32) -> Result<Cvss, Error> {
        self.read_vector(number).map_err(|corrupt| self.corrupt(corrupt))
    }

    /// The text alone of the vector of this number.
    pub(crate) fn vector_text(&self, number: u32) -> Result<&str, Error> {
        self.vector_parts(number).map(|(_, _, text)| text).map_err(|corrupt| self.corrupt(corrupt))
    }

    pub(crate) fn corrupt(&self, Corrupt(why): Corrupt) -> Error {
        Error::Index { name: self.source.name.clone(), why }
    }

    fn read_whole(&self, number: u64) -> Result<(), Corrupt> {
        let view = self.package(number)?.view()?;
        for group in &view.groups {
            group.facts(view.name)?;
        }
        Ok(())
    }

    fn read(bytes: Bytes, name: &str, built_at: &str) -> Result<Self, Error> {
        let bad = |Corrupt(why): Corrupt| Error::Index { name: name.to_owned(), why };
        let (sections, checksums) = read_header(bytes.as_ref()).map_err(bad)?;
        let section = |section: Section| {
            let range = sections.get(section as usize).cloned().unwrap_or_default();
            bytes.as_ref().get(range).unwrap_or_default()
        };
        // The two that every answer rests on and that are small; packages have checksums of their own.
        for checked in [Section::Contents, Section::Vectors] {
            if checksums.get(checked as usize) != Some(&libdeflater::crc32(section(checked))) {
                return Err(bad(Corrupt("it is damaged")));
            }
        }
        let contents = Contents::read(Reader(section(Section::Contents))).map_err(bad)?;
        let places = section(Section::Places).len() as u64 / 4;
        let holds = |row: &EcosystemRow| u64::from(row.first_package) + u64::from(row.packages) <= places;
        if !contents.ecosystems.iter().all(holds) {
            return Err(bad(Corrupt("an ecosystem has more packages than the index")));
        }
        let source = AdvisorySource {
            name: name.to_owned(),
            is_starter: false,
            built_at: built_at.to_owned(),
            records: contents.records,
            newest: contents.newest.clone(),
        };
        Ok(Self { bytes, sections, checksums, contents, source })
    }

    fn section(&self, section: Section) -> &[u8] {
        let range = self.sections.get(section as usize).cloned().unwrap_or_default();
        self.bytes.as_ref().get(range).unwrap_or_default()
    }

    fn package(&self, number: u64) -> Result<PackageBytes<'_>, Corrupt> {
        let at = usize::try_from(number)
            .ok()
            .and_then(|number| number.checked_mul(4))
            .ok_or(Corrupt("a place is too far"))?;
        let place = u32_at(self.section(Section::Places), at)? as usize;
        let mut reader = Reader(self.section(Section::Packages).get(place..).ok_or(Corrupt("a package is not there"))?);
        let expected = u32_at(reader.bytes(4)?, 0)?;
        let bytes = reader.blob()?;
        if libdeflater::crc32(bytes) != expected {
            return Err(Corrupt("a package is damaged"));
        }
        Ok(PackageBytes { bytes })
    }

    fn read_vector(&self, number: u32) -> Result<Cvss, Corrupt> {
        let (version, tenths, text) = self.vector_parts(number)?;
        let version = CvssVersion::ALL.get(usize::from(version)).ok_or(Corrupt("a vector is of no known version"))?;
        Ok(Cvss { version: version.name(), score: f64::from(tenths) / 10.0, vector: text.to_owned() })
    }

    /// The number of the version, tenths of the score, and the text.
    fn vector_parts(&self, number: u32) -> Result<(u8, u8, &str), Corrupt> {
        let section = self.section(Section::Vectors);
        let count = u32_at(section, 0)? as usize;
        let number = number as usize;
        if number >= count {
            return Err(Corrupt("a vector is not there"));
        }
        let offset = u32_at(section, 4 + 4 * number)? as usize;
        let start = count.checked_mul(4).and_then(|offsets| offsets.checked_add(4)?.checked_add(offset));
        let mut reader = Reader(start.and_then(|start| section.get(start..)).ok_or(Corrupt("a vector is not there"))?);
        Ok((reader.byte()?, reader.byte()?, reader.text()?))
    }
}

/// A package's bytes, their checksum compared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PackageBytes<'a> {
    bytes: &'a [u8],
}

impl<'a> PackageBytes<'a> {
    pub(crate) fn name(self) -> Result<&'a str, Corrupt> {
        Reader(self.bytes).text()
    }

    pub(crate) fn view(self) -> Result<PackageView<'a>, Corrupt> {
        PackageView::read(self.bytes)
    }
}

fn header_bytes() -> usize {
    MAGIC.len() + Section::COUNT * SECTION_ROW_BYTES + 4
}

type Header = ([Range<usize>; Section::COUNT], [u32; Section::COUNT]);

fn read_header(file: &[u8]) -> Result<Header, Corrupt> {
    if !file.starts_with(TITLE.as_bytes()) {
        let is_other_format = file.starts_with(b"# fnassay advisory index, format ");
        return Err(Corrupt(if is_other_format { "it is of another format" } else { "it is no advisory index" }));
    }
    let text = file.get(..file.len().min(MAX_TEXT_BYTES)).unwrap_or_default();
    let text_end = text.windows(2).position(|pair| pair == b"\n\n").ok_or(Corrupt("its head has no end"))? + 2;
    let mut reader = Reader(file.get(text_end..).unwrap_or_default());
    let header = reader.bytes(header_bytes() - 4)?;
    if !header.starts_with(MAGIC) || u32_at(reader.bytes(4)?, 0)? != libdeflater::crc32(header) {
        return Err(Corrupt("its header is damaged"));
    }
    let mut sections: [Range<usize>; Section::COUNT] = Default::default();
    let mut checksums = [0; Section::COUNT];
    let mut start = text_end + header_bytes();
    let rows = header.get(MAGIC.len()..).unwrap_or_default().chunks_exact(SECTION_ROW_BYTES);
    for (row, (section, checksum)) in rows.zip(sections.iter_mut().zip(&mut checksums)) {
        let length = u64::from(u32_at(row, 0)?) | u64::from(u32_at(row, 4)?) << 32;
        let end = usize::try_from(length)
            .ok()
            .and_then(|length| start.checked_add(length))
            .ok_or(Corrupt("it is cut short"))?;
        *section = start..end;
        *checksum = u32_at(row, 8)?;
        start = end;
    }
    if start != file.len() {
        return Err(Corrupt(if start > file.len() { "it is cut short" } else { "bytes follow its end" }));
    }
    Ok((sections, checksums))
}
