//! A function as its resource declares it, whichever of the resource types that is.

use deploy::formats::cloudformation::{Entry, Partial, PartialValue, Resource, Stack};
use model::{Gap, Hidden, Location, Part, SymbolicText};

use super::globals;

/// A kind of resource that is a function.
pub(super) struct FunctionType {
    pub(super) kind: &'static str,
    /// Whether SAM makes its role and its triggers.
    pub(super) is_sam: bool,
    /// The section of `Globals` that applies.
    globals: Option<&'static str>,
    /// Properties that go by another name than in `AWS::Serverless::Function`: theirs, then its path.
    renamed: &'static [(&'static str, &'static [&'static str])],
}

/// Sorted by kind.
pub(super) const FUNCTION_TYPES: &[FunctionType] = &[
    FunctionType { kind: "AWS::Lambda::Function", is_sam: false, globals: None, renamed: &[] },
    FunctionType { kind: "AWS::Serverless::Function", is_sam: true, globals: Some("Function"), renamed: &[] },
    FunctionType {
        kind: "AWS::Serverless::WebFunction",
        is_sam: true,
        globals: None,
        renamed: &[
            ("EntryPoint", &["Handler"]),
            ("EnvironmentVariables", &["Environment", "Variables"]),
            ("ExecutionRoleArn", &["Role"]),
        ],
    },
];

/// One function of a template, its global properties merged in.
pub(super) struct Declared<'s> {
    pub(super) stack: &'s Stack,
    pub(super) resource: &'s Resource,
    pub(super) kind: &'static FunctionType,
    pub(super) properties: Partial,
}

impl<'s> Declared<'s> {
    /// Every function of the template, in file order.
    pub(super) fn all(stack: &'s Stack) -> Vec<Self> {
        stack.resources.iter().filter_map(|resource| Self::of(stack, resource)).collect()
    }

    fn of(stack: &'s Stack, resource: &'s Resource) -> Option<Self> {
        let kind = FUNCTION_TYPES.iter().find(|kind| kind.kind == resource.kind)?;
        let merged = match kind.globals {
            Some(section) => globals::merged(stack, section, resource),
            None => resource
                .properties()
                .cloned()
                .unwrap_or_else(|| Partial::new(PartialValue::Mapping(Vec::new()), resource.place.clone())),
        };
        Some(Self { stack, resource, kind, properties: renamed(merged, kind.renamed) })
    }

    pub(super) fn id(&self) -> String {
        format!("{}#{}", self.stack.file, self.resource.logical_id)
    }

    pub(super) fn logical_id(&self) -> &'s str {
        &self.resource.logical_id
    }

    /// The name given, when it is known; else the logical id.
    pub(super) fn name(&self) -> String {
        self.get("FunctionName").and_then(Partial::literal).unwrap_or_else(|| self.logical_id().to_owned())
    }

    pub(super) fn get(&self, property: &str) -> Option<&Partial> {
        self.properties.get(property)
    }

    pub(super) fn at(&self, path: &[&str]) -> Option<&Partial> {
        self.properties.at(path)
    }

    pub(super) fn location(&self) -> Location {
        self.resource.place.location(&self.stack.file)
    }

    /// Where `value` stands.
    pub(super) fn location_of(&self, value: &Partial) -> Location {
        value.location(&self.stack.file)
    }

    pub(super) fn gap(&self, value: &Partial, why: impl Into<String>, hides: &[Hidden]) -> Gap {
        Gap::new(self.location_of(value), why, hides)
    }

    /// The one text of a property. Of several, or of one that is not known, the gap says what it hides.
    pub(super) fn known_text(&self, property: &str, hides: &[Hidden], gaps: &mut Vec<Gap>) -> Option<String> {
        let value = self.get(property)?;
        let texts: Vec<SymbolicText> = value.texts().collect();
        let literal = value.literal();
        let shown = texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
        let name = self.logical_id();
        match (&literal, texts.len()) {
            (Some(_), 1) => {}
            (Some(taken), _) => gaps.push(self.gap(
                value,
                format!("`{property}` of `{name}` is one of {shown}, which one is known only at deployment; `{taken}` is taken"),
                hides,
            )),
            (None, 0) => gaps.push(self.gap(value, format!("`{property}` of `{name}` is no text; it is left out"), hides)),
            (None, _) => gaps.push(self.gap(
                value,
                format!("`{property}` of `{name}` is {shown}, known only at deployment; give its parameters in samconfig.toml"),
                hides,
            )),
        }
        literal
    }

    /// Whether `value` names this function: by reference, through an alias or version of the template, or by its name.
    pub(super) fn is_named_by(&self, value: &Partial) -> bool {
        value.texts().any(|text| self.is_named_by_text(&text, 0))
    }

    fn is_named_by_text(&self, text: &SymbolicText, level: usize) -> bool {
        let literal = text.as_literal();
        if literal
            .is_some_and(|literal| literal == self.name() || literal.ends_with(&format!(":function:{}", self.name())))
        {
            return true;
        }
        text.parts().iter().any(|part| match part {
            Part::Reference(name) => {
                let logical_id = name.split('.').next().unwrap_or_default();
                logical_id == self.logical_id() || (level < 2 && self.is_alias(logical_id, level))
            }
            _ => false,
        })
    }

    /// Whether `logical_id` is an alias or version of this function.
    fn is_alias(&self, logical_id: &str, level: usize) -> bool {
        let Some(resource) = self.stack.resource(logical_id) else { return false };
        matches!(resource.kind.as_str(), "AWS::Lambda::Alias" | "AWS::Lambda::Version")
            && resource
                .property("FunctionName")
                .is_some_and(|name| name.texts().any(|text| self.is_named_by_text(&text, level + 1)))
    }
}

/// The properties with each renamed one also under its usual path.
fn renamed(properties: Partial, renamed: &[(&str, &[&str])]) -> Partial {
    let Partial { value: PartialValue::Mapping(mut entries), place, computed } = properties else { return properties };
    for (name, path) in renamed {
        let Some(mut entry) = entries.iter().find(|entry| entry.name == *name).cloned() else { continue };
        for key in path.iter().skip(1).rev() {
            let inner = Entry { name: (*key).to_owned(), place: entry.place.clone(), value: entry.value };
            let value = Partial::new(PartialValue::Mapping(vec![inner]), entry.place.clone());
            entry = Entry { name: String::new(), place: entry.place, value };
        }
        entry.name = path.first().copied().unwrap_or_default().to_owned();
        entries.push(entry);
    }
    Partial { value: PartialValue::Mapping(entries), place, computed }
}
