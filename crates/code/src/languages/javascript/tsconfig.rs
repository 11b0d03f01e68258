//! The parts of `package.json` and `tsconfig.json` that say where imports lead.

use serde_json::Value as Json;

use crate::sources::{File, Place, Sources, join};

/// Largest configuration file read, in bytes.
const MAX_CONFIG_BYTES: usize = 1024 * 1024;
/// Configurations followed by `extends`.
const MAX_EXTENDS: usize = 8;

/// `main` of the folder's `package.json`.
pub(super) fn main_of(sources: &Sources<'_>, place: Place, folder: &str) -> Option<String> {
    let package = read(sources, place, &in_folder(folder, "package.json"))?;
    let main = package.get("source").or_else(|| package.get("main"))?;
    main.as_str().map(str::to_owned)
}

/// Paths that a bare request may mean to code in `folder`, by the nearest configuration and the project's workspaces.
pub(super) fn candidates(sources: &Sources<'_>, place: Place, folder: &str, request: &str) -> Vec<String> {
    let mut found = Vec::new();
    for ancestor in ancestors(folder) {
        for name in ["tsconfig.json", "jsconfig.json"] {
            let path = in_folder(ancestor, name);
            if sources.contains(place, &path) {
                configured(sources, place, &path, request, &mut found, 0);
            }
        }
        workspace(sources, place, ancestor, request, &mut found);
        if !found.is_empty() {
            break;
        }
    }
    found
}

fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(folder);
    std::iter::from_fn(move || {
        let current = next?;
        next = if current.is_empty() { None } else { Some(current.rsplit_once('/').map_or("", |(parent, _)| parent)) };
        Some(current)
    })
}

fn configured(sources: &Sources<'_>, place: Place, path: &str, request: &str, found: &mut Vec<String>, depth: usize) {
    let Some(config) = read(sources, place, path) else { return };
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let options = config.get("compilerOptions");
    let base_url = options.and_then(|options| options.get("baseUrl")).and_then(Json::as_str);
    let base = join(folder, base_url.unwrap_or(".")).unwrap_or_default();
    let paths = options.and_then(|options| options.get("paths")).and_then(Json::as_object);
    for (pattern, targets) in paths.into_iter().flatten() {
        let Some(part) = matched(pattern, request) else { continue };
        let targets = targets.as_array().into_iter().flatten().filter_map(Json::as_str);
        found.extend(targets.filter_map(|target| join(&base, &target.replacen('*', part, 1))));
    }
    if base_url.is_some() {
        found.extend(join(&base, request));
    }
    if let Some(parent) = config.get("extends").and_then(Json::as_str)
        && paths.is_none()
        && depth < MAX_EXTENDS
        && parent.starts_with('.')
        && let Some(parent) = join(folder, parent)
    {
        let parent = if parent.ends_with(".json") { parent } else { format!("{parent}.json") };
        configured(sources, place, &parent, request, found, depth + 1);
    }
}

/// What the `*` of a pattern stands for; the whole request for a pattern without one that equals it.
fn matched<'a>(pattern: &str, request: &'a str) -> Option<&'a str> {
    match pattern.split_once('*') {
        Some((before, after)) => request.strip_prefix(before)?.strip_suffix(after),
        None => (pattern == request).then_some(""),
    }
}

/// Packages of the same repository: folders named by `workspaces` whose `package.json` has the requested name.
fn workspace(sources: &Sources<'_>, place: Place, root: &str, request: &str, found: &mut Vec<String>) {
    let Some(package) = read(sources, place, &in_folder(root, "package.json")) else { return };
    let workspaces = package.get("workspaces");
    let patterns = workspaces.and_then(|listed| listed.get("packages")).or(workspaces).and_then(Json::as_array);
    for pattern in patterns.into_iter().flatten().filter_map(Json::as_str) {
        let Some(folder) = join(root, pattern.trim_end_matches("/*").trim_end_matches("/**")) else { continue };
        for entry in sources.under(place, &folder) {
            let Some(member) = entry.path.strip_suffix("/package.json") else { continue };
            if super::is_foreign(&entry.path) || entry.path.matches('/').count() > folder.matches('/').count() + 3 {
                continue;
            }
            let name =
                read(sources, place, &entry.path).and_then(|package| Some(package.get("name")?.as_str()?.to_owned()));
            let Some(rest) = name.as_deref().and_then(|name| request.strip_prefix(name)) else { continue };
            if rest.is_empty() || rest.starts_with('/') {
                found.extend(join(member, rest));
                found.extend(join(member, &format!("src{rest}")));
            }
        }
    }
}

fn in_folder(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// A JSON file that may have comments and trailing commas, as TypeScript's have. What cannot be read says nothing.
fn read(sources: &Sources<'_>, place: Place, path: &str) -> Option<Json> {
    let content = sources.read(&File::new(place, path))?.ok()?;
    if content.len() > MAX_CONFIG_BYTES {
        return None;
    }
    let text = std::str::from_utf8(&content).ok()?;
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&without_comments(text)).ok())
}

/// The text with comments and trailing commas left out, outside of strings.
fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut in_string = false;
    while let Some(character) = characters.next() {
        if in_string {
            kept.push(character);
            match character {
                '\\' => kept.extend(characters.next()),
                '"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match (character, characters.peek()) {
            ('/', Some('/')) => {
                characters.by_ref().take_while(|character| *character != '\n').for_each(drop);
            }
            ('/', Some('*')) => {
                let mut last = ' ';
                characters.next();
                for character in characters.by_ref() {
                    if last == '*' && character == '/' {
                        break;
                    }
                    last = character;
                }
            }
            ('}' | ']', _) => {
                let end = kept.trim_end().trim_end_matches(',').len();
                kept.truncate(end);
                kept.push(character);
            }
            _ => {
                in_string = character == '"';
                kept.push(character);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_json_with_comments() {
        let text = "{ // a\n \"a\": \"//x\", /* b */ \"b\": [1, 2,], }";
        let json: Json = serde_json::from_str(&without_comments(text)).unwrap();
        assert_eq!(json, serde_json::json!({"a": "//x", "b": [1, 2]}));
    }

    #[test]
    fn matches_path_patterns() {
        let cases = [
            ("@/*", "@/a/b", Some("a/b")),
            ("~lib", "~lib", Some("")),
            ("@/*", "react", None),
            ("a*z", "abz", Some("b")),
        ];
        for (pattern, request, expected) in cases {
            assert_eq!(matched(pattern, request), expected, "{pattern} {request}");
        }
        assert_eq!(ancestors("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
    }
}
