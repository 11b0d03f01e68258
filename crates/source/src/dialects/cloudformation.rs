//! SAM and CloudFormation templates.

use std::sync::Arc;

use deploy::formats::cloudformation::Parameters;
use model::Parsed;
use providers::aws::resources;

use super::{Dialect, mentions};
use crate::{DiskProject, Located, Options};

pub(super) const DIALECT: Dialect = Dialect { may_be_named, looks_like, read };

fn may_be_named(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| ["yaml", "yml", "json", "template"].contains(&extension))
}

/// Every template has resources; the other marks may be missing, so one of them is enough.
fn looks_like(_name: &str, head: &[u8]) -> bool {
    mentions(head, "AWSTemplateFormatVersion")
        || mentions(head, "AWS::Serverless-2016-10-31")
        || (mentions(head, "Resources") && mentions(head, "AWS::"))
}

fn read(project: &DiskProject, paths: &[String], options: &Options) -> Parsed<Vec<Located>> {
    let given = Parameters { values: options.parameters.iter().cloned().collect() };
    resources::read_templates(paths, &given, project).map(|templates| {
        let mut located = Vec::new();
        for template in templates {
            let stack = Arc::new(template.stack);
            located.extend(template.functions.into_iter().map(|Parsed { value: function, gaps }| Located {
                function,
                stack: Some(Arc::clone(&stack)),
                gaps,
            }));
        }
        located
    })
}
