//! What a Dockerfile says of a function's image.
//!
//! Source: the Dockerfile reference; the names of AWS's base images for Lambda.
//! Supported: `FROM`, `CMD` in both forms, line continuations, comments, several stages (the last counts).
//! Unsupported: variables in `FROM` other than their `ARG` defaults, shells inside `CMD`. What is not understood is `None`.

use std::collections::BTreeMap;

use deploy::Project;
use deploy::decode;
use deploy::formats::cloudformation::Partial;
use deploy::project::{folder_of, join};

use super::declared::Declared;

/// What the image runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Image {
    /// The platform's runtime id, when the base image is AWS's.
    pub(super) runtime: Option<String>,
    pub(super) handler: Option<String>,
}

/// The build context that the function's metadata names, as a path of the project.
pub(super) fn context(function: &Declared<'_>) -> Option<String> {
    let written = function.resource.body.at(&["Metadata", "DockerContext"])?.literal()?;
    join(folder_of(&function.stack.file), &written)
}

/// What the Dockerfile of the function's build context says, overridden by `ImageConfig`.
pub(super) fn image(function: &Declared<'_>, project: &dyn Project) -> Image {
    let mut image = read(function, project).unwrap_or_default();
    let command =
        function.at(&["ImageConfig", "Command"]).and_then(|command| command.items_or_self().next()?.literal());
    if command.is_some() {
        image.handler = command;
    }
    image
}

fn read(function: &Declared<'_>, project: &dyn Project) -> Option<Image> {
    let named = function.resource.body.at(&["Metadata", "Dockerfile"]).and_then(Partial::literal);
    let path = join(&context(function)?, named.as_deref().unwrap_or("Dockerfile"))?;
    let bytes = project.read(&path).ok()??;
    Some(parse(&decode(&bytes, &path).ok()?))
}

fn parse(text: &str) -> Image {
    let mut arguments = BTreeMap::new();
    let mut image = Image::default();
    for line in logical_lines(text) {
        let Some((instruction, rest)) = line.split_once(char::is_whitespace) else { continue };
        let rest = rest.trim();
        match instruction.to_ascii_uppercase().as_str() {
            "ARG" => {
                if let Some((name, value)) = rest.split_once('=') {
                    arguments.insert(name.trim().to_owned(), value.trim().trim_matches('"').to_owned());
                }
            }
            "FROM" => {
                let name = rest.split_whitespace().find(|word| !word.starts_with("--")).unwrap_or_default();
                image = Image { runtime: runtime(&replaced(name, &arguments)), handler: None };
            }
            "CMD" => image.handler = first_word(rest),
            _ => {}
        }
    }
    image
}

/// Lines with `\` continuations joined, without comments.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut is_continued = false;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let (content, continues) = match line.strip_suffix('\\') {
            Some(content) => (content, true),
            None => (line, false),
        };
        match lines.last_mut() {
            Some(last) if is_continued => last.push_str(content),
            _ => lines.push(content.to_owned()),
        }
        is_continued = continues;
    }
    lines
}

fn replaced(name: &str, arguments: &BTreeMap<String, String>) -> String {
    arguments.iter().fold(name.to_owned(), |name, (argument, value)| {
        name.replace(&format!("${{{argument}}}"), value).replace(&format!("${argument}"), value)
    })
}

/// The first word of `["app.handler"]` or of `app.handler`.
fn first_word(command: &str) -> Option<String> {
    let word = match command.strip_prefix('[') {
        Some(list) => list.split([',', ']']).next()?.trim().trim_matches(['"', '\'']),
        None => command.split_whitespace().next()?,
    };
    (!word.is_empty() && !word.starts_with('$')).then(|| word.to_owned())
}

/// The runtime id of `public.ecr.aws/lambda/python:3.12`, and of its mirrors under `amazon/aws-lambda-python`.
fn runtime(image: &str) -> Option<String> {
    let repository = image.split('@').next().unwrap_or_default();
    let (name, tag) = repository.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'))?;
    let language = name.rsplit('/').next().unwrap_or_default();
    let language = language.strip_prefix("aws-lambda-").or_else(|| name.contains("lambda/").then_some(language))?;
    let version: String = tag.split('-').next().unwrap_or_default().to_owned();
    let short = |parts: usize| version.split('.').take(parts).collect::<Vec<_>>().join(".");
    match language {
        "python" | "ruby" => Some(format!("{language}{}", short(2))),
        "nodejs" => Some(format!("nodejs{}.x", short(1))),
        "java" | "dotnet" => Some(format!("{language}{}", short(1))),
        "provided" => Some(format!("provided.{}", short(1))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_runtime_and_handler() {
        let cases = [
            ("FROM public.ecr.aws/lambda/python:3.12\nCMD [\"app.handler\"]", Some("python3.12"), Some("app.handler")),
            ("FROM public.ecr.aws/lambda/nodejs:20 AS x\nCMD app.handler", Some("nodejs20.x"), Some("app.handler")),
            ("FROM --platform=linux/amd64 amazon/aws-lambda-ruby:3.3.2024\n", Some("ruby3.3"), None),
            (
                "ARG V=3.11\nFROM public.ecr.aws/lambda/python:${V}-arm64\ncmd [ 'a.b' , 'c' ]",
                Some("python3.11"),
                Some("a.b"),
            ),
            ("FROM public.ecr.aws/lambda/provided:al2023", Some("provided.al2023"), None),
            (
                "FROM golang:1.21 as build\nCMD [\"x\"]\nFROM public.ecr.aws/lambda/java:17\nCMD \\\n  [\"a.B::c\"]",
                Some("java17"),
                Some("a.B::c"),
            ),
            ("FROM python:3.12\n# CMD x\nCMD [\"$H\"]", None, None),
            ("", None, None),
            ("FROM", None, None),
        ];
        for (text, runtime, handler) in cases {
            let expected = Image { runtime: runtime.map(str::to_owned), handler: handler.map(str::to_owned) };
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
