//! Services of the Serverless Framework.

use std::sync::Arc;

use deploy::Project;
use deploy::formats::serverless::{self, Options as Given};
use model::{Gap, Hidden, Location, Parsed};

use super::{Dialect, mentions};
use crate::{DiskProject, Located, Options};

pub(super) const DIALECT: Dialect = Dialect { may_be_named, looks_like, read };

/// `serverless.yml`, and the variants that people keep beside it (`serverless.prod.yml`, `serverless-api.yml`).
fn may_be_named(name: &str) -> bool {
    name.starts_with("serverless") && name.rsplit_once('.').is_some_and(|(_, extension)| extension_is_known(extension))
}

fn extension_is_known(extension: &str) -> bool {
    ["yaml", "yml", "json"].contains(&extension) || is_program(extension)
}

fn is_program(extension: &str) -> bool {
    ["js", "cjs", "mjs", "ts"].contains(&extension)
}

fn looks_like(name: &str, head: &[u8]) -> bool {
    mentions(head, "service") && (mentions(head, "provider") || mentions(head, "functions")) && {
        // A module of this name that only mentions the words is no configuration.
        let extension = name.rsplit('.').next().unwrap_or("");
        !is_program(extension) || (name.starts_with("serverless.") && mentions(head, "export"))
    }
}

fn read(project: &DiskProject, paths: &[String], options: &Options) -> Parsed<Vec<Located>> {
    let given = given(options);
    let mut gaps = Vec::new();
    let mut located = Vec::new();
    for path in paths {
        match service(project, path, &given) {
            Ok(read) => located.extend(read.take_gaps(&mut gaps)),
            Err((location, why)) => {
                let why = format!("{why}; its functions are not seen");
                gaps.push(Gap::new(location, why, &[Hidden::Functions, Hidden::Permissions]));
            }
        }
    }
    Parsed { value: located, gaps }
}

fn given(options: &Options) -> Given {
    let pairs = || options.parameters.iter().cloned().collect();
    Given {
        stage: options.stage.clone(),
        region: options.region.clone(),
        options: pairs(),
        parameters: pairs(),
        environment: std::collections::BTreeMap::new(),
    }
}

fn service(project: &DiskProject, path: &str, given: &Given) -> Result<Parsed<Vec<Located>>, (Location, String)> {
    let here = |why: String| (Location::file(path), format!("cannot read `{path}`: {why}"));
    let bytes = project.read(path).map_err(here)?.ok_or_else(|| here("there is no such file".to_owned()))?;
    let read = serverless::read(&bytes, path, project, given).map_err(|error| (error.location(), error.to_string()))?;
    // Parts of a service (`serverless.api.yml`) and modules of the name are read where a service draws them in.
    if !serverless::is_service(&read.value.root) {
        return Ok(Parsed::default());
    }
    let mut gaps = Vec::new();
    let service = read.take_gaps(&mut gaps);
    let found = providers::aws::serverless::functions(&service, project).take_gaps(&mut gaps);
    let stack = Arc::new(found.stack);
    let located = found.functions.into_iter().map(|Parsed { value: function, gaps }| Located {
        function,
        stack: Some(Arc::clone(&stack)),
        gaps,
    });
    Ok(Parsed { value: located.collect(), gaps })
}
