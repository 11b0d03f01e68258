//! `Gemfile` and `gems.rb`: the gems a project asks for.
//!
//! **Source**: Bundler's documentation, "gemfile". **Supported**: `gem` with requirements, groups as blocks and as options,
//! gems from repositories and folders, `gemspec`. **Unsupported** (→ gap): `eval_gemfile`; requirements that are computed
//! (read as any version); conditions, whose content is read as if they held.

use model::component::{EvidenceKind, Presence};

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::rubygems::ruby::{self, Statement};
use crate::ecosystems::rubygems::{is_in_gem, requirement_of};

pub(crate) const FORMAT: Format = Format {
    id: "gemfile",
    accepts: |path| matches!(path.file_name, "Gemfile" | "gems.rb") && path.is_of_project() && !is_in_gem(path.folder),
    read,
    finds_installed: false,
    advice: "run `bundle lock` beside it and scan again",
};

/// Blocks within blocks; deeper ones add no groups.
const MAX_NESTING_LEVELS: usize = 64;

/// Groups that are left out where functions run.
const DEVELOPMENT_GROUPS: &[&str] =
    &["ci", "cucumber", "debug", "dev", "development", "doc", "docs", "lint", "metrics", "rubocop", "test", "tests"];

/// A gem that a Gemfile names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) requirements: Vec<String>,
    pub(super) presence: Presence,
    line: u32,
    /// From a folder of the project.
    is_local: bool,
    is_from_repository: bool,
}

/// What a Gemfile says.
#[derive(Debug, Default)]
pub(super) struct Gemfile {
    pub(super) gems: Vec<Asked>,
    /// Whether it asks for what the project's gemspec asks for.
    pub(super) has_gemspec: bool,
    evaluates_at: Option<u32>,
}

impl Gemfile {
    pub(super) fn parse(text: &str) -> Self {
        let mut found = Self::default();
        // For each open block the groups it stands for.
        let mut blocks: Vec<Vec<String>> = Vec::new();
        for Statement { line, text } in ruby::statements(text) {
            let (word, arguments) = first_word(&text);
            match word {
                "gem" => found.gems.extend(gem(arguments, line, &blocks)),
                "gemspec" => found.has_gemspec = true,
                "eval_gemfile" => found.evaluates_at = Some(line),
                "end" => drop(blocks.pop()),
                _ => {}
            }
            if opens_block(word, &text) {
                let counts = word == "group" && blocks.len() < MAX_NESTING_LEVELS;
                blocks.push(if counts { symbols(arguments) } else { Vec::new() });
            }
        }
        found
    }
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let gemfile = Gemfile::parse(&decode(&bytes));
    if gemfile.evaluates_at.is_some() {
        let why = "another Gemfile is read from here, whose gems are not known; scan its folder too";
        reading.gaps.push(document.gap(gemfile.evaluates_at, why));
    }
    for asked in gemfile.gems.into_iter().filter(|asked| !asked.is_local) {
        if asked.is_from_repository && asked.presence == Presence::Shipped && !has_lock(document) {
            let why = format!("`{}` comes from a repository, so its version is not known", asked.name);
            reading.gaps.push(document.gap(Some(asked.line), why));
        }
        let version = requirement_of(&asked.requirements);
        let location = document.location(Some(asked.line));
        let mut claim = Claim::new(asked.name, version, EvidenceKind::Declared, location, document.place());
        claim.presence = asked.presence;
        claim.direct = Some(true);
        reading.claims.push(claim);
    }
}

fn has_lock(document: &Document<'_>) -> bool {
    ["Gemfile.lock", "gems.locked"].iter().any(|name| document.sibling(name).is_some())
}

fn first_word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    text.split_at(end)
}

fn opens_block(word: &str, text: &str) -> bool {
    let ends_in_do = text.ends_with(" do") || text.rsplit_once(" do |").is_some_and(|(_, rest)| rest.ends_with('|'));
    ends_in_do || (matches!(word, "if" | "unless" | "case" | "begin" | "def" | "while") && !text.ends_with(" end"))
}

fn gem(arguments: &str, line: u32, blocks: &[Vec<String>]) -> Option<Asked> {
    let mut leading = ruby::leading_arguments(arguments).into_iter().map(str::to_owned);
    let name = leading.next()?;
    let option = |names: &[&str]| {
        names.iter().any(|name| {
            arguments.contains(&format!(" {name}:"))
                || arguments.contains(&format!(":{name} =>"))
                || arguments.contains(&format!(":{name}=>"))
        })
    };
    let own = ["group:", "groups:", ":group =>", ":groups =>"].iter().find_map(|key| arguments.split_once(key));
    let mut groups: Vec<String> = blocks.iter().flatten().cloned().collect();
    if let Some((_, value)) = own {
        groups.extend(symbols(value));
    }
    let is_development =
        !groups.is_empty() && groups.iter().all(|group| DEVELOPMENT_GROUPS.binary_search(&group.as_str()).is_ok());
    Some(Asked {
        name,
        requirements: leading.collect(),
        presence: if is_development { Presence::Development } else { Presence::Shipped },
        line,
        is_local: option(&["path"]),
        is_from_repository: option(&["git", "github", "gist", "bitbucket", "gitlab"]),
    })
}

/// The symbols at the start: `:a, :b do`, `[:a, "b"], require: false`.
fn symbols(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split(',') {
        let part = part.trim_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')'));
        let part = part.strip_suffix(" do").unwrap_or(part).trim_end_matches([']', ')', ' ']);
        let Some(name) = part.strip_prefix([':', '"', '\'']) else { break };
        found.push(name.trim_end_matches(['"', '\'']).to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_groups_are_sorted() {
        assert!(DEVELOPMENT_GROUPS.is_sorted());
    }

    #[test]
    fn reads_groups_as_bundler_does() {
        let text = "source 'https://registry.example' do\n gem 'a', '~> 1'\nend\nif true\n gem 'b'\nend\n\
                    group :development, :test do\n gem 'c', require: false\n platforms :mri do\n  gem 'd'\n end\nend\n\
                    group :production do\n gem 'e'\nend\ngem 'f', groups: [:test, :ci]\ngem 'g', :group => :test\n\
                    gem 'h', path: 'x'\ngem 'i', github: 'a/b'\ngemspec\ngem 'j', '>= 1', '< 3'\n";
        let gemfile = Gemfile::parse(text);
        let shipped = |asked: &&Asked| asked.presence == Presence::Shipped;
        let names: Vec<_> = gemfile.gems.iter().filter(shipped).map(|asked| asked.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "e", "h", "i", "j"]);
        assert_eq!(gemfile.gems.len(), 10);
        assert!(gemfile.has_gemspec);
        assert_eq!(gemfile.gems[9].requirements, [">= 1", "< 3"]);
    }
}
