//! Project files of MSBuild: `.csproj`, `.fsproj`, `.vbproj`, with `Directory.Packages.props` and `Directory.Build.props`.
//!
//! **Source**: NuGet's documentation, "`PackageReference` in project files" and "Central Package Management"; MSBuild's on
//! items, properties and `Directory.Build.props`. **Supported**: `PackageReference` with `Include` or `Update`, versions as
//! attribute or child, `VersionOverride`, central versions, `GlobalPackageReference`, properties (`$(Name)`), packages that
//! are kept out of what is published. **Unsupported**: conditions (their content is read as if they held), imports of other
//! files and property functions (→ gap, when a version hangs on them).

use model::component::{EvidenceKind, Presence, Version};
use model::location::LineIndex;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::nuget::{claim, folded, range};
use crate::xml::{self, Element};

pub(crate) const FORMAT: Format = Format {
    id: "project-file",
    accepts: |path| KINDS.iter().any(|kind| path.file_name.ends_with(kind)) && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "run `dotnet restore --use-lock-file` beside it, or scan what `dotnet publish` puts out",
};

const KINDS: &[&str] = &[".csproj", ".fsproj", ".vbproj"];
/// Files that MSBuild takes into every project below them.
pub(crate) const SHARED_FILES: &[&str] = &["Directory.Build.props", "Directory.Packages.props"];
/// Properties within properties.
const MAX_EXPANSIONS: usize = 16;
/// A property's value once everything in it is expanded.
const MAX_VALUE_BYTES: usize = 4_096;

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let mut evaluation = Evaluation::default();
    for shared in document.files_above(SHARED_FILES) {
        // What is wrong with the file is noted once, by the first project below it, and the same each time.
        if let Some(bytes) = shared.bytes(reading) {
            evaluation.take(&xml::elements(&decode(&bytes)));
        }
    }
    let elements = xml::elements(&text);
    if !elements.iter().any(|element| element.tag.name.eq_ignore_ascii_case("Project")) {
        reading.gaps.push(document.gap(None, "the file holds no MSBuild project; mend it and scan again"));
        return;
    }
    evaluation.take(&elements);
    let lines = LineIndex::new(text.as_bytes());
    let references = references(&elements);
    let is_test = evaluation.property("IsTestProject").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || references.iter().any(|reference| reference.name.eq_ignore_ascii_case("Microsoft.NET.Test.Sdk"));
    reading.claims.push(project(document, &evaluation));
    for reference in &references {
        let line = lines.line_column(reference.element.tag.offset).0;
        let version = evaluation.version(reference, document, line, reading);
        let location = document.location(Some(line));
        let mut claim = claim(&reference.name, version, EvidenceKind::Declared, location, document.place());
        let is_kept_out = is_test || reference.is_kept_out();
        claim.presence = if is_kept_out { Presence::Development } else { Presence::Shipped };
        claim.direct = Some(true);
        reading.claims.push(claim);
    }
}

fn project(document: &Document<'_>, evaluation: &Evaluation) -> Claim {
    let stem = document.path.file_name.rsplit_once('.').map_or(document.path.file_name, |(stem, _)| stem);
    let given = |name: &str| evaluation.property(name).filter(|value| !value.is_empty() && !value.contains("$("));
    let name = given("PackageId").or_else(|| given("AssemblyName")).unwrap_or_else(|| stem.to_owned());
    let version = given("Version").or_else(|| given("VersionPrefix")).map_or(Version::Unknown, Version::Exact);
    let mut claim = claim(&name, version, EvidenceKind::Declared, document.location(None), document.place());
    claim.presence = Presence::Project;
    claim
}

/// A package that a project asks for.
struct Reference<'e, 't> {
    name: String,
    element: &'e Element<'t>,
}

impl Reference<'_, '_> {
    /// Whether publishing leaves its files out: all assets private, or none to run with.
    fn is_kept_out(&self) -> bool {
        let lists = |name: &str, words: &[&str]| {
            let assets = self.element.metadata(name)?;
            Some(assets.split(';').any(|asset| words.iter().any(|word| asset.trim().eq_ignore_ascii_case(word))))
        };
        let is_published = self.element.metadata("Publish").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let is_private = lists("PrivateAssets", &["all"]) == Some(true) && !is_published;
        is_private
            || lists("ExcludeAssets", &["all", "runtime"]) == Some(true)
            || lists("IncludeAssets", &["all", "runtime", "native"]) == Some(false)
            || self.element.metadata("Publish").is_some_and(|value| value.eq_ignore_ascii_case("false"))
    }
}

/// The references of a file in its order; an `Update` of one that is included already adds nothing but metadata.
fn references<'e, 't>(elements: &'e [Element<'t>]) -> Vec<Reference<'e, 't>> {
    let mut found: Vec<Reference<'e, 't>> = Vec::new();
    let mut known: FxHashSet<String> = FxHashSet::default();
    walk(elements, &mut |element| {
        if !element.tag.name.eq_ignore_ascii_case("PackageReference") {
            return;
        }
        let included = element.tag.attribute("Include");
        let Some(names) = included.or_else(|| element.tag.attribute("Update")) else { return };
        for name in names.split(';').map(str::trim).filter(|name| is_package_id(name)) {
            let is_new = known.insert(folded(name));
            if included.is_some() || is_new {
                found.push(Reference { name: name.to_owned(), element });
            }
        }
    });
    found
}

fn is_package_id(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// Every element below groups, whatever their conditions; `Choose` and `When` are looked through.
fn walk<'e, 't>(elements: &'e [Element<'t>], visit: &mut dyn FnMut(&'e Element<'t>)) {
    for element in elements {
        visit(element);
        // The reader of XML bounds the depth.
        walk(&element.children, visit);
    }
}

/// What properties and central versions come to.
#[derive(Debug, Default)]
struct Evaluation {
    /// By name in lower case, values not expanded.
    properties: FxHashMap<String, String>,
    /// By package in lower case, not expanded.
    versions: FxHashMap<String, String>,
}

impl Evaluation {
    /// Adds what a file sets; later files win.
    fn take(&mut self, elements: &[Element<'_>]) {
        let mut groups = Vec::new();
        walk(elements, &mut |element| {
            let name = element.tag.name;
            if name.eq_ignore_ascii_case("PropertyGroup") {
                groups.push(element);
            } else if name.eq_ignore_ascii_case("PackageVersion")
                && let Some(id) = element.tag.attribute("Include").or_else(|| element.tag.attribute("Update"))
                && let Some(version) = element.metadata("Version")
            {
                self.versions.insert(folded(id), version.to_owned());
            }
        });
        for property in groups.iter().flat_map(|group| &group.children) {
            let name = property.tag.name.to_ascii_lowercase();
            let is_default = property.tag.attribute("Condition").is_some();
            if !is_default || !self.properties.contains_key(&name) {
                // A value may hold the property's own former value.
                let own = format!("$({name})");
                let text = match self.properties.get(&name) {
                    Some(before) if property.text.to_ascii_lowercase().contains(&own) => {
                        property.text.replace(&format!("$({})", property.tag.name), before)
                    }
                    _ => property.text.clone(),
                };
                if text.len() <= MAX_VALUE_BYTES {
                    self.properties.insert(name, text);
                }
            }
        }
    }

    fn property(&self, name: &str) -> Option<String> {
        self.properties.get(&name.to_ascii_lowercase()).map(|value| self.expand(value))
    }

    /// The text with properties put in; what is not known stays as it is written.
    fn expand(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..MAX_EXPANSIONS {
            let Some((before, rest)) = text.split_once("$(") else { break };
            let Some((name, after)) = rest.split_once(')') else { break };
            let Some(value) = self.properties.get(&name.trim().to_ascii_lowercase()) else { break };
            if before.len() + value.len() + after.len() > MAX_VALUE_BYTES {
                break;
            }
            text = format!("{before}{value}{after}");
        }
        text
    }

    fn version(
        &self,
        reference: &Reference<'_, '_>,
        document: &Document<'_>,
        line: u32,
        reading: &mut Reading,
    ) -> Version {
        let central = self.versions.get(&folded(&reference.name)).map(String::as_str);
        let element = reference.element;
        let written = element.metadata("VersionOverride").or_else(|| element.metadata("Version")).or(central);
        let version = written.map(|text| self.expand(text)).unwrap_or_default();
        if version.contains("$(") && !reference.is_kept_out() {
            let why = format!(
                "`{}` has the version `{version}`, which is set outside the scanned files; lock it with `dotnet restore \
                 --use-lock-file`",
                reference.name
            );
            reading.gaps.push(document.gap(Some(line), why));
        }
        range::chosen(version.trim())
    }
}
