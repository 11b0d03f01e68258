//! `*.gemspec`: of installed gems, and of the project itself.
//!
//! **Source**: RubyGems' documentation, "Specification Reference", and the files that RubyGems 2 to 3 writes when it
//! installs. **Supported**: `specifications/NAME-VERSION[-PLATFORM].gemspec`, default gems (`specifications/default`), gems from
//! repositories (`bundler/gems/NAME-COMMIT`); names, versions and dependencies written as literals. **Unsupported** (→ gap): a
//! gem from a repository whose version is computed.

use model::component::{EvidenceKind, Presence, Version};

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::rubygems::ruby::{self, Statement};
use crate::ecosystems::rubygems::{is_in_gem, requirement_of, version};

pub(crate) const INSTALLED: Format = Format {
    id: "installed-gemspec",
    accepts: |path| path.file_name.ends_with(".gemspec") && home(path).is_some(),
    read: read_installed,
    finds_installed: true,
    advice: "",
};

pub(crate) const PROJECT: Format = Format {
    id: "project-gemspec",
    accepts: |path| {
        path.file_name.ends_with(".gemspec") && home(path).is_none() && path.is_of_project() && !is_in_gem(path.folder)
    },
    read: read_project,
    finds_installed: false,
    advice: "run `bundle lock` beside it and scan again",
};

/// The folder that gems are installed below, when the file is an installed gem's.
fn home(path: EntryPath<'_>) -> Option<&str> {
    let folder = path.folder.strip_suffix("/default").unwrap_or(path.folder);
    if let Some(home) = folder.strip_suffix("specifications") {
        return (home.is_empty() || home.ends_with('/')).then(|| home.trim_end_matches('/'));
    }
    let (gems, _) = path.folder.rsplit_once('/')?;
    let home = gems.strip_suffix("bundler/gems")?;
    (home.is_empty() || home.ends_with('/')).then(|| home.trim_end_matches('/'))
}

fn read_installed(document: &Document<'_>, reading: &mut Reading) {
    let Some(home) = home(document.path) else { return };
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let specification = Specification::read(&ruby::statements(&text));
    let by_name = stub(&text).or_else(|| full_name(document.path.file_name.strip_suffix(".gemspec")?));
    let is_from_repository = document.path.folder.contains("bundler/gems/");
    let (name, version) = match (specification.name, specification.version) {
        (Some(name), Some(version)) => (name, Some(version)),
        // The file that RubyGems writes is called after both.
        (name, version) if !is_from_repository => match by_name {
            Some((stub_name, stub_version)) => {
                (name.unwrap_or_else(|| stub_name.to_owned()), version.or_else(|| Some(stub_version.to_owned())))
            }
            None => {
                reading.gaps.push(document.gap(None, "the installed gem's specification states no name and version"));
                return;
            }
        },
        (name, version) => {
            let stem = document.path.file_name.strip_suffix(".gemspec").unwrap_or_default();
            (name.unwrap_or_else(|| stem.to_owned()), version)
        }
    };
    if version.is_none() {
        let why =
            format!("the version of the gem `{name}` from a repository is computed; look it up in `Gemfile.lock`");
        reading.gaps.push(document.gap(None, why));
    }
    let version = version.map_or(Version::Unknown, Version::Exact);
    let place = document.place_at(home);
    let mut claim = Claim::new(name, version, EvidenceKind::Installed, document.location(None), place);
    claim.requires = specification.dependencies.into_iter().map(|dependency| dependency.name).collect();
    reading.claims.push(claim);
}

fn read_project(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let specification = Specification::read(&ruby::statements(&text));
    if let Some(name) = specification.name {
        let version = specification.version.map_or(Version::Unknown, Version::Exact);
        let location = document.location(None);
        let mut claim = Claim::new(name, version, EvidenceKind::Declared, location, document.place());
        claim.presence = Presence::Project;
        reading.claims.push(claim);
    }
    for dependency in specification.dependencies.into_iter().chain(specification.development) {
        let location = document.location(Some(dependency.line));
        let version = requirement_of(&dependency.requirements);
        let mut claim = Claim::new(dependency.name, version, EvidenceKind::Declared, location, document.place());
        claim.presence = dependency.presence;
        claim.direct = Some(true);
        reading.claims.push(claim);
    }
}

/// What a gemspec says as literals.
#[derive(Debug, Default)]
struct Specification {
    name: Option<String>,
    version: Option<String>,
    dependencies: Vec<Dependency>,
    development: Vec<Dependency>,
}

#[derive(Debug)]
struct Dependency {
    name: String,
    requirements: Vec<String>,
    presence: Presence,
    line: u32,
}

impl Specification {
    fn read(statements: &[Statement]) -> Self {
        let mut found = Self::default();
        for Statement { line, text } in statements {
            if let Some((left, value)) = text.split_once('=').filter(|(_, value)| !value.starts_with(['=', '~'])) {
                let literal = || ruby::literals(value).first().map(|literal| literal.text.to_owned());
                let is_plain = |value: &str| {
                    let value = value.trim_start();
                    value.starts_with(['"', '\'', '%']) || value.starts_with("Gem::Version.new")
                };
                let left = left.trim_end();
                if left.ends_with(".name") && is_plain(value) {
                    found.name = found.name.or_else(literal).filter(|name| !name.contains("#{"));
                } else if left.ends_with(".version") && is_plain(value) {
                    found.version = found.version.or_else(literal).filter(|text| version::key(text).is_ok());
                }
            }
            for (call, presence) in CALLS {
                let Some((_, arguments)) = text.split_once(call) else { continue };
                let mut arguments = ruby::leading_arguments(arguments).into_iter().map(str::to_owned);
                let Some(name) = arguments.next() else { continue };
                let dependency =
                    Dependency { name, requirements: arguments.collect(), presence: *presence, line: *line };
                match presence {
                    Presence::Development => &mut found.development,
                    _ => &mut found.dependencies,
                }
                .push(dependency);
            }
        }
        // Old specifications state dependencies once for each version of RubyGems.
        for list in [&mut found.dependencies, &mut found.development] {
            list.sort_by(|left, right| left.name.cmp(&right.name));
            list.dedup_by(|left, right| left.name == right.name);
        }
        found
    }
}

const CALLS: &[(&str, Presence)] = &[
    (".add_dependency", Presence::Shipped),
    (".add_development_dependency", Presence::Development),
    (".add_runtime_dependency", Presence::Shipped),
];

/// Name and version of the comment at the top: `# stub: rack 2.2.4 ruby lib`.
fn stub(text: &str) -> Option<(&str, &str)> {
    let line = text.lines().take(5).find_map(|line| line.strip_prefix("# stub: "))?;
    let mut words = line.split_whitespace();
    Some((words.next()?, words.next()?))
}

/// `nokogiri-1.15.0-x86_64-linux` → name and version.
pub(super) fn full_name(stem: &str) -> Option<(&str, &str)> {
    let start = stem.match_indices('-').find(|(at, _)| {
        stem.get(at + 1..).is_some_and(|rest| {
            let version = rest.split('-').next().unwrap_or(rest);
            version.starts_with(|first: char| first.is_ascii_digit()) && version::key(version).is_ok()
        })
    })?;
    let (name, rest) = stem.split_at_checked(start.0)?;
    let version = rest.get(1..)?.split('-').next()?;
    (!name.is_empty()).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_installed_gems_by_their_folders() {
        let cases = [
            ("vendor/bundle/ruby/3.2.0/specifications/rack-2.2.4.gemspec", Some("vendor/bundle/ruby/3.2.0")),
            ("lib/ruby/gems/3.2.0/specifications/default/json-2.6.gemspec", Some("lib/ruby/gems/3.2.0")),
            ("ruby/3.2.0/bundler/gems/x-0a1b2c3/x.gemspec", Some("ruby/3.2.0")),
            ("specifications/a-1.gemspec", Some("")),
            ("x.gemspec", None),
            ("ruby/3.2.0/bundler/gems/x-0a1b2c3/sub/y.gemspec", None),
        ];
        for (path, expected) in cases {
            assert_eq!(home(EntryPath::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn splits_full_names_before_the_version() {
        let cases = [
            ("rack-2.2.4", Some(("rack", "2.2.4"))),
            ("nokogiri-1.15.0-x86_64-linux", Some(("nokogiri", "1.15.0"))),
            ("aws-sdk-s3-1.0", Some(("aws-sdk-s3", "1.0"))),
            ("a-2-b-1.0", Some(("a", "2"))),
            ("rack", None),
        ];
        for (stem, expected) in cases {
            assert_eq!(full_name(stem), expected, "{stem}");
        }
    }
}
