//! What one dependency notation of a Gradle script asks for.
//!
//! **Source**: Gradle's user manual, "Declaring Dependencies". **Supported**: strings, `group:`/`name:`/`version:` in both
//! languages, catalog accessors and bundles, `platform`, `project`, `kotlin`, files, rich versions in a block.

use std::collections::BTreeMap;

use crate::ecosystems::maven::gradle_catalog::{Catalog, Library};
use crate::ecosystems::maven::gradle_script::{self, Kind, Statement, Token};
use crate::ecosystems::maven::gradle_values::Values;
use crate::ecosystems::maven::unit::is_coordinate;

/// Calls around other notations.
const MAX_NESTED_CALLS: usize = 8;

/// What is known while a script's notations are read.
#[derive(Debug, Default)]
pub(crate) struct Setting {
    pub(crate) values: Values,
    /// By the name that scripts use.
    pub(crate) catalogs: BTreeMap<String, Catalog>,
    /// Version of Kotlin's plugin, which `kotlin("stdlib")` takes.
    pub(crate) kotlin: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    Package(Library),
    /// A bill of materials that manages versions; its name.
    Platform(String),
    /// Another project of the same build, as `:path` or accessor.
    Project(String),
    Files,
    /// What comes with Gradle itself.
    Nothing,
    /// Only running the script tells.
    Open,
}

impl Setting {
    /// What the arguments of one call ask for.
    pub(crate) fn asked(&self, tokens: &[Token]) -> Vec<Asked> {
        self.all(tokens, 0)
    }

    fn all(&self, tokens: &[Token], depth: usize) -> Vec<Asked> {
        let arguments = gradle_script::arguments(tokens);
        let named = named(&arguments);
        if !named.is_empty() {
            return vec![self.of_names(&named)];
        }
        // `implementation("group", "name", "version")`
        if let [group, name, version @ ..] = &arguments[..]
            && version.len() <= 1
            && let (Some(group), Some(name)) = (self.values.text(group), self.values.text(name))
            && !group.contains(':')
        {
            let version = version.first().map(|version| self.values.text(version));
            return vec![package(&group, &name, version)];
        }
        arguments.into_iter().flat_map(|argument| self.one(argument, depth)).collect()
    }

    fn one(&self, argument: &[Token], depth: usize) -> Vec<Asked> {
        if argument.first().is_some_and(|first| first.is_mark('[')) && depth < MAX_NESTED_CALLS {
            return self.all(argument, depth + 1);
        }
        if let Some(libraries) = self.of_catalog(argument) {
            return libraries;
        }
        let call = argument.split_first().and_then(|(head, inner)| Some((head.word()?, inner)));
        if let Some((call, inner)) = call.filter(|(_, inner)| !inner.is_empty() && depth < MAX_NESTED_CALLS)
            && let Some(asked) = self.of_call(call, inner, depth)
        {
            return asked;
        }
        if let [Token { kind: Kind::Word(word), .. }] = argument
            && let Some(path) = word.strip_prefix("projects.")
        {
            return vec![Asked::Project(path.to_owned())];
        }
        // What cannot be resolved may still say which package it is: `"group:artifact:${version()}"`.
        match self.values.text(argument).map(|text| coordinates(&text)) {
            Some(asked) => vec![asked],
            None => vec![open_version(argument).unwrap_or(Asked::Open)],
        }
    }

    fn of_call(&self, call: &str, inner: &[Token], depth: usize) -> Option<Vec<Asked>> {
        let name = call.rsplit('.').next().unwrap_or(call);
        Some(match name {
            "platform" | "enforcedPlatform" => self.all(inner, depth + 1).into_iter().map(as_platform).collect(),
            "testFixtures" | "create" | "variantOf" | "dependency" => self.all(inner, depth + 1),
            "project" => vec![project(inner)],
            "files" | "fileTree" => vec![Asked::Files],
            "gradleApi" | "gradleTestKit" | "gradleKotlinDsl" | "localGroovy" => vec![Asked::Nothing],
            "kotlin" => vec![self.of_kotlin(inner)],
            _ => return None,
        })
    }

    fn of_kotlin(&self, inner: &[Token]) -> Asked {
        let arguments = gradle_script::arguments(inner);
        let text = |at: usize| arguments.get(at).and_then(|argument| self.values.text(argument));
        match text(0) {
            Some(module) => {
                let version = text(1).or_else(|| self.kotlin.clone());
                package("org.jetbrains.kotlin", &format!("kotlin-{module}"), version.map(Some))
            }
            None => Asked::Open,
        }
    }

    /// The entries of a catalog that the accessor means; `None` when it is no accessor.
    fn of_catalog(&self, argument: &[Token]) -> Option<Vec<Asked>> {
        let accessor = argument.first()?.word()?;
        let (catalog, entry) = accessor.split_once('.')?;
        let catalog = self.catalogs.get(catalog)?;
        let found = match argument {
            [_] => catalog.find(entry),
            [_, open, close] if open.is_mark('(') && close.is_mark(')') => catalog.find(entry),
            // `libs.findLibrary("alias").get()`
            [_, open, Token { kind: Kind::Text { text, .. }, .. }, close, ..]
                if open.is_mark('(') && close.is_mark(')') && entry == "findLibrary" =>
            {
                catalog.find(&text.replace(['-', '_'], "."))
            }
            _ => return None,
        };
        if found.is_empty() {
            return Some(vec![Asked::Open]);
        }
        Some(found.into_iter().cloned().map(Asked::Package).collect())
    }

    fn of_names(&self, named: &BTreeMap<&str, &[Token]>) -> Asked {
        if let Some(path) = named.get("path") {
            return project(path);
        }
        let text = |key: &str| named.get(key).and_then(|value| self.values.text(value));
        match (text("group").or_else(|| text("module")), text("name")) {
            (Some(group), Some(name)) => package(&group, &name, named.get("version").map(|_| self.version(named))),
            (Some(module), None) if module.contains(':') => coordinates(&module),
            _ => Asked::Open,
        }
    }

    fn version(&self, named: &BTreeMap<&str, &[Token]>) -> Option<String> {
        named.get("version").and_then(|value| self.version_text(value))
    }

    /// The version that an expression stands for.
    pub(crate) fn version_text(&self, value: &[Token]) -> Option<String> {
        let of_catalog = || {
            let (catalog, accessor) = value.first()?.word()?.split_once('.')?;
            let accessor = accessor.strip_prefix("versions.")?;
            self.catalogs.get(catalog)?.version(accessor.trim_end_matches(".get")).map(str::to_owned)
        };
        of_catalog().or_else(|| self.values.text(value))
    }

    /// The version that the block behind a dependency insists on: `version { strictly("1.2") }`.
    pub(crate) fn rich_version(&self, block: &[Statement]) -> Option<String> {
        let version = block.iter().find(|statement| statement.head() == "version")?;
        let stated = |word: &str| {
            let statement = version.inside().iter().find(|statement| statement.head() == word)?;
            self.version_text(gradle_script::without_brackets(statement.tokens.get(1..)?))
        };
        match (stated("strictly").or_else(|| stated("require")), stated("prefer")) {
            (Some(strict), Some(preferred)) => Some(format!("{strict}!!{preferred}")),
            (strict, preferred) => strict.or(preferred),
        }
    }
}

/// `key: value` and `key = value` arguments; empty when some argument is neither.
fn named<'t>(arguments: &[&'t [Token]]) -> BTreeMap<&'t str, &'t [Token]> {
    let pair = |argument: &&'t [Token]| match *argument {
        [key, mark, value @ ..] if mark.is_mark(':') || mark.is_mark('=') => Some((key.word()?, value)),
        _ => None,
    };
    arguments.iter().map(pair).collect::<Option<_>>().unwrap_or_default()
}

fn as_platform(asked: Asked) -> Asked {
    match asked {
        Asked::Package(library) => Asked::Platform(library.module),
        other => other,
    }
}

fn project(inner: &[Token]) -> Asked {
    let mut texts = inner.iter().filter_map(|token| match &token.kind {
        Kind::Text { text, .. } if text.starts_with(':') => Some(text.clone()),
        _ => None,
    });
    texts.next_back().map_or(Asked::Open, Asked::Project)
}

/// `version` is `Some(None)` when one is written that nothing resolves.
fn package(group: &str, name: &str, version: Option<Option<String>>) -> Asked {
    if !is_coordinate(group) || !is_coordinate(name) {
        return Asked::Open;
    }
    let version = version.flatten().filter(|version| !version.is_empty());
    Asked::Package(Library { module: format!("{group}:{name}"), version })
}

/// `group:artifact[:version[:classifier]][@ending]`.
fn coordinates(text: &str) -> Asked {
    let plain = text.trim().split('@').next().unwrap_or_default();
    let mut parts = plain.split(':');
    let (group, name, version) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    name.map_or(Asked::Open, |name| package(group, name, version.map(|version| Some(version.to_owned()))))
}

/// The package of a template whose group and artifact are plain though its version is not.
fn open_version(argument: &[Token]) -> Option<Asked> {
    let Token { kind: Kind::Text { text, is_template: _ }, .. } = argument.first()? else { return None };
    let (head, _) = text.split_once('$').unwrap_or((text, ""));
    let (module, _) = head.rsplit_once(':').filter(|(module, _)| module.contains(':'))?;
    match coordinates(module) {
        Asked::Package(library) => Some(Asked::Package(Library { version: None, ..library })),
        _ => None,
    }
}
