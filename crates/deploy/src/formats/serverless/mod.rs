//! Serverless Framework configurations: `serverless.yml` and its like, with variables replaced.
//!
//! **Source**: the framework's documentation of v1 to v4, and the behaviour of `osls` 3.77 (MIT), which continues v3.
//! **Supported**: YAML, JSON, and programs that write their values down (`serverless.ts`, `${file(x.js)}`); `self`,
//! `opt`, `env`, `file`, `param`, `sls`, `aws` and `strToBool` variables with fallbacks and nesting; `.env` files;
//! `functions` and `resources` as lists.
//! **Unsupported (→ gap)**: what programs have to be run for, v1's `variableSyntax`. What only a deployment knows (`ssm`,
//! `cf`, `s3`, …) stays symbolic.
//!
//! The environment of the process that scans is not read: a `${env:NAME}` without default stays symbolic, unless a
//! `.env` file of the service or the caller gives it.
//!
//! What the configuration means (functions, roles, triggers) is read by `providers`.

mod dotenv;
mod files;
mod grammar;
mod merge;
mod program;
mod resolve;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use model::{Gap, Hidden, Location, Parsed};

use crate::project::{folder_of, join};
use crate::{Error, Node, Project, Schema, decode, parse_json, parse_yaml_with};
use resolve::{Answer, Resolver, Scope, close};

/// The stage of a service that names none.
pub const DEFAULT_STAGE: &str = "dev";
/// The region of a service that names none.
pub const DEFAULT_REGION: &str = "us-east-1";

/// Plugins that make `#{Name}` in any text a CloudFormation reference.
const HASH_REFERENCE_PLUGINS: [&str; 3] =
    ["serverless-cf-vars", "serverless-cloudformation-sub-variables", "serverless-pseudo-parameters"];
/// Most names listed in one message.
const MAX_LISTED_NAMES: usize = 20;

/// What the user gives at deployment. Everything is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// `--stage`.
    pub stage: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// Other command-line options, by name without dashes.
    pub options: BTreeMap<String, String>,
    /// `--param` values.
    pub parameters: BTreeMap<String, String>,
    /// Environment variables that `${env:…}` may use.
    pub environment: BTreeMap<String, String>,
}

/// One service: its configuration with variables replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The configuration file, relative to the target.
    pub file: String,
    /// Its folder; empty for the target itself.
    pub folder: String,
    /// A mapping. `functions` and `resources` are mappings too when they are given as lists of mappings. Texts with
    /// parts that are not known are tagged `!Sub`.
    pub root: Node,
    pub stage: String,
    pub region: String,
    /// Whether `.env` files belong to the configuration, and so not to the package.
    pub uses_dotenv: bool,
}

impl Service {
    /// The name of the service; empty when it has none that is known.
    pub fn name(&self) -> &str {
        let service = self.root.get("service");
        service.and_then(|service| service.get("name").unwrap_or(service).scalar_text()).unwrap_or_default()
    }

    /// Names of the plugins that are loaded, in order.
    pub fn plugins(&self) -> impl Iterator<Item = &str> {
        plugins(&self.root)
    }

    /// The major version of the framework that the configuration asks for.
    pub fn framework_major(&self) -> Option<u32> {
        framework_major(&self.root)
    }

    /// Where `node` of this configuration stands.
    pub fn location(&self, node: &Node) -> Location {
        node.location(&self.file)
    }
}

/// Whether `root`, a file's value, is a service's configuration and not another file of that name.
pub fn is_service(root: &Node) -> bool {
    root.get("service").is_some() && (root.get("provider").is_some() || root.get("functions").is_some())
}

/// The service that `file` (relative to the target) configures.
///
/// # Errors
/// When the file cannot be read as YAML or JSON, or is not a mapping.
pub fn read(bytes: &[u8], file: &str, files: &dyn Project, given: &Options) -> Result<Parsed<Service>, Error> {
    let mut gaps = Vec::new();
    let root = Rc::new(parse(bytes, file, files, &mut gaps)?);
    if !root.is_mapping() {
        let reason = format!("a service's configuration is a mapping, and this is {}", root.kind());
        return Err(Error::Syntax { location: root.location(file), language: "Serverless configuration", reason });
    }
    let mut scope = Scope {
        files,
        file,
        folder: folder_of(file),
        stage: given.stage.clone().unwrap_or_else(|| DEFAULT_STAGE.to_owned()),
        region: given.region.clone().unwrap_or_else(|| DEFAULT_REGION.to_owned()),
        options: given_options(given),
        parameters: given.parameters.clone(),
        environment: given.environment.clone(),
        has_hash_references: plugins(&root).any(|plugin| HASH_REFERENCE_PLUGINS.contains(&plugin)),
    };
    let uses_dotenv = settle(&mut scope, &root, given, &mut gaps);
    let mut resolver = Resolver::new(&scope, Rc::clone(&root));
    let mut root = resolver.resolve_all();
    let (undecided, not_given) = resolver.into_gaps();
    gaps.extend(undecided);
    gaps.extend(not_given_gap(&root, file, &not_given));
    gaps.extend(variable_syntax_gap(&root, file));
    close(&mut root);
    for key in ["functions", "resources"] {
        merge::merge_list(&mut root, key, file, &mut gaps);
    }
    let Scope { stage, region, .. } = scope;
    let (file, folder) = (file.to_owned(), folder_of(file).to_owned());
    Ok(Parsed { value: Service { file, folder, root, stage, region, uses_dotenv }, gaps })
}

fn parse(bytes: &[u8], file: &str, files: &dyn Project, gaps: &mut Vec<Gap>) -> Result<Node, Error> {
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    if program::EXTENSIONS.contains(&extension) {
        let exported = program::read(files, file, bytes, folder_of(file), gaps)?;
        let reason = "it is a program that has to be run; scan what `serverless print --format json` writes".to_owned();
        let location = Location::file(file);
        return exported.ok_or(Error::Syntax { location, language: "Serverless configuration", reason });
    }
    let text = decode(bytes, file)?;
    let parsed = if extension == "json" { parse_json(&text, file) } else { parse_yaml_with(&text, file, Schema::Core) };
    parsed.map(|tree| tree.take_gaps(gaps))
}

fn given_options(given: &Options) -> BTreeMap<String, String> {
    let named = [("stage", &given.stage), ("region", &given.region)];
    let named = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
    given.options.clone().into_iter().chain(named).collect()
}

/// Completes `scope` with what the configuration itself says of stage, region and environment. Returns whether `.env`
/// files are used.
fn settle(scope: &mut Scope<'_>, root: &Rc<Node>, given: &Options, gaps: &mut Vec<Gap>) -> bool {
    let mut resolver = Resolver::new(scope, Rc::clone(root));
    let mut scalar = |keys: &[&str]| match resolver.property(keys) {
        Answer::Found(found) if found.node.tag.is_none() => found.node.scalar_text().map(str::to_owned),
        _ => None,
    };
    let stage = scalar(&["provider", "stage"]);
    let region = scalar(&["provider", "region"]);
    let uses_dotenv = scalar(&["useDotenv"]).map_or(framework_major(root) >= Some(4), |value| value == "true");
    if let (None, Some(stage)) = (&given.stage, stage) {
        scope.stage = stage;
    }
    if let (None, Some(region)) = (&given.region, region) {
        scope.region = region;
    }
    if uses_dotenv {
        let mut environment = read_dotenv(scope, gaps);
        environment.append(&mut scope.environment);
        scope.environment = environment;
    }
    uses_dotenv
}

/// The variables of the stage's `.env` file, or else of the general one.
fn read_dotenv(scope: &Scope<'_>, gaps: &mut Vec<Gap>) -> BTreeMap<String, String> {
    for name in [format!(".env.{}", scope.stage), ".env".to_owned()] {
        let Some(path) = join(scope.folder, &name) else { continue };
        match scope.files.read(&path) {
            Ok(None) => {}
            Ok(Some(bytes)) => match decode(&bytes, &path) {
                Ok(text) => return dotenv::parse(&text),
                Err(error) => gaps.push(Gap::new(error.location(), error.to_string(), &[Hidden::Configuration])),
            },
            Err(why) => {
                let why = format!("`{path}` is not read: {why}");
                gaps.push(Gap::new(Location::file(&path), why, &[Hidden::Configuration]));
            }
        }
    }
    BTreeMap::new()
}

fn plugins(root: &Node) -> impl Iterator<Item = &str> {
    let plugins = root.get("plugins");
    let modules = plugins.map_or(&[][..], |plugins| plugins.get("modules").unwrap_or(plugins).items());
    modules.iter().filter_map(Node::as_str)
}

/// The first number in `frameworkVersion`: 4 of `^4.2.0`, `>=4 <5` and `4`.
fn framework_major(root: &Node) -> Option<u32> {
    let version = root.get("frameworkVersion")?.scalar_text()?;
    let digits = version.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

/// One gap for all values that the deploying user gives and that nothing gives here.
fn not_given_gap(root: &Node, file: &str, names: &BTreeSet<String>) -> Option<Gap> {
    if names.is_empty() {
        return None;
    }
    let mut listed: Vec<_> = names.iter().take(MAX_LISTED_NAMES).map(|name| format!("`${{{name}}}`")).collect();
    if names.len() > MAX_LISTED_NAMES {
        listed.push(format!("{} more", names.len() - MAX_LISTED_NAMES));
    }
    let why = format!(
        "values given at deployment are not known here and stay symbolic: {}; give them a default in the configuration",
        listed.join(", ")
    );
    Some(Gap::new(root.location(file), why, &[Hidden::Configuration]))
}

fn variable_syntax_gap(root: &Node, file: &str) -> Option<Gap> {
    let syntax = root.at(&["provider", "variableSyntax"])?;
    let why = "`variableSyntax` changes how variables are written; only `${…}` ones are replaced";
    Some(Gap::new(syntax.location(file), why, &[Hidden::Configuration]))
}

#[cfg(test)]
mod tests;
