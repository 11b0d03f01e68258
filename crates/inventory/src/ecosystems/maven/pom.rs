//! A `pom.xml` as it is written, nothing inherited yet.
//!
//! **Source**: Maven's POM reference 4.0.0. **Supported**: coordinates, parent, properties, dependencies, managed dependencies,
//! both in profiles too. **Unsupported**: everything about building.

use std::collections::BTreeMap;

use model::location::LineIndex;

use crate::xml::{self, Element};

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Pom {
    pub(crate) group_id: Option<String>,
    pub(crate) artifact_id: Option<String>,
    pub(crate) own_version: Option<String>,
    pub(crate) parent: Option<Parent>,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) managed: Vec<Dependency>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) group_id: Option<String>,
    pub(crate) artifact_id: Option<String>,
    pub(crate) version: Option<String>,
    /// Where it lies beside the child; empty when it is only in a repository.
    pub(crate) relative_path: String,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) group_id: String,
    pub(crate) artifact_id: String,
    pub(crate) version: Option<String>,
    pub(crate) scope: Option<String>,
    /// 1-based.
    pub(crate) line: u32,
    /// The profile that it stands in, unless that is active by default.
    pub(crate) profile: Option<String>,
}

impl Pom {
    /// Its own group, or else the parent's.
    pub(crate) fn group(&self) -> Option<String> {
        self.group_id.clone().or_else(|| self.parent.as_ref()?.group_id.clone())
    }

    /// Its own version, or else the parent's.
    pub(crate) fn version(&self) -> Option<String> {
        self.own_version.clone().or_else(|| self.parent.as_ref()?.version.clone())
    }
}

/// Reads the text of a `pom.xml`.
///
/// # Errors
/// The 1-based line and what is wrong there.
pub(crate) fn parse(text: &str) -> Result<Pom, (u32, &'static str)> {
    let top = xml::elements(text);
    let project =
        top.iter().find(|element| element.tag.name == "project").ok_or((1, "there is no `project` element"))?;
    let lines = LineIndex::new(text.as_bytes());
    // The reader closes what the text leaves open, so a cut file shows only here.
    if !text.trim_end().ends_with('>') || !text.contains("</") {
        return Err((lines.line_column(text.len()).0, "the file ends in the middle"));
    }
    let mut pom = Pom {
        group_id: owned(project, "groupId"),
        artifact_id: owned(project, "artifactId"),
        own_version: owned(project, "version"),
        parent: child(project, "parent").map(parent),
        ..Pom::default()
    };
    pom.add(project, None, &lines);
    for profile in child(project, "profiles").into_iter().flat_map(|profiles| all(profiles, "profile")) {
        let activation = child(profile, "activation").and_then(|activation| owned(activation, "activeByDefault"));
        let is_active = activation.as_deref() == Some("true");
        let id = owned(profile, "id").unwrap_or_else(|| "default".to_owned());
        pom.add(profile, (!is_active).then_some(&id), &lines);
    }
    Ok(pom)
}

impl Pom {
    /// Adds what the project or one of its profiles states.
    fn add(&mut self, element: &Element<'_>, profile: Option<&String>, lines: &LineIndex) {
        let managed = child(element, "dependencyManagement");
        self.managed.extend(managed.into_iter().flat_map(|managed| dependencies(managed, profile, lines)));
        self.dependencies.extend(dependencies(element, profile, lines));
        if profile.is_none() {
            let properties = child(element, "properties").into_iter().flat_map(|properties| &properties.children);
            self.properties.extend(properties.map(|property| (property.tag.name.to_owned(), property.text.clone())));
        }
    }
}

fn parent(element: &Element<'_>) -> Parent {
    let relative_path = child(element, "relativePath").map_or("../pom.xml", |path| path.text.as_str());
    Parent {
        group_id: owned(element, "groupId"),
        artifact_id: owned(element, "artifactId"),
        version: owned(element, "version"),
        relative_path: relative_path.to_owned(),
    }
}

fn dependencies(element: &Element<'_>, profile: Option<&String>, lines: &LineIndex) -> Vec<Dependency> {
    let list = child(element, "dependencies").into_iter().flat_map(|list| all(list, "dependency"));
    let read = |dependency: &Element<'_>| Dependency {
        group_id: owned(dependency, "groupId").unwrap_or_default(),
        artifact_id: owned(dependency, "artifactId").unwrap_or_default(),
        version: owned(dependency, "version"),
        scope: owned(dependency, "scope"),
        line: lines.line_column(dependency.tag.offset).0,
        profile: profile.cloned(),
    };
    list.map(read).collect()
}

fn child<'e, 't>(element: &'e Element<'t>, name: &'e str) -> Option<&'e Element<'t>> {
    all(element, name).next()
}

fn all<'e, 't>(element: &'e Element<'t>, name: &'e str) -> impl Iterator<Item = &'e Element<'t>> {
    element.children.iter().filter(move |child| child.tag.name == name)
}

/// The text of a child that is not empty.
fn owned(element: &Element<'_>, name: &str) -> Option<String> {
    child(element, name).map(|child| child.text.clone()).filter(|text| !text.is_empty())
}
