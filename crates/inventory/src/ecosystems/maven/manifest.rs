//! `META-INF/MANIFEST.MF`: what a jar says of itself.
//!
//! **Source**: the JAR file specification, "JAR Manifest". **Supported**: the main section, folded lines, names in any case.
//! **Unsupported**: the sections of single entries, which say nothing of the jar as a whole.

use std::collections::BTreeMap;

/// The main section of a manifest.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    /// By name in lower case; the last of equal names counts.
    attributes: BTreeMap<String, String>,
}

/// Attributes that carry the version of what the title attribute beside them names.
const VERSIONS: [&str; 3] = ["implementation-version", "specification-version", "bundle-version"];
/// Attributes that may name the artifact.
const TITLES: [&str; 5] =
    ["implementation-title", "bundle-symbolicname", "automatic-module-name", "bundle-name", "specification-title"];

impl Manifest {
    pub(crate) fn parse(text: &str) -> Self {
        let mut attributes = BTreeMap::new();
        let mut open: Option<(String, String)> = None;
        for line in text.lines() {
            if let Some(more) = line.strip_prefix(' ') {
                if let Some((_, value)) = &mut open {
                    value.push_str(more);
                }
                continue;
            }
            attributes.extend(open.take());
            // An empty line ends the main section.
            if line.trim().is_empty() {
                break;
            }
            open = line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim_start().to_owned()));
        }
        attributes.extend(open);
        attributes.retain(|_, value| !value.trim().is_empty());
        Self { attributes }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(|value| value.trim())
    }

    /// Whether some title is this artifact's: its id itself, or a dotted name that ends in it or in its last words
    /// (`com.fasterxml.jackson.core.jackson-databind`, `org.apache.commons.lang3` for `commons-lang3`).
    pub(crate) fn is_titled(&self, artifact: &str) -> bool {
        let artifact = artifact.to_ascii_lowercase();
        let dotted = artifact.replace(['-', '_'], ".");
        self.titles().any(|title| {
            let title = title.to_ascii_lowercase();
            let spelled = title.replace(['-', '_', ' '], ".");
            title == artifact
                || spelled == dotted
                || ends_in(&title, &artifact)
                // A single word at the end of `spring-core` is no artifact of that name.
                || (dotted.contains('.') && ends_in(&spelled, &dotted))
        })
    }

    /// The version of the jar, without the parts that OSGi adds; `None` when the attributes disagree.
    pub(crate) fn version(&self) -> Option<&str> {
        let implementation = self.get("implementation-version").filter(|version| is_version(version));
        // OSGi writes qualifiers behind a dot, so of these only plain numbers are as Maven has them.
        let bundle = self.get("bundle-version").filter(|version| is_numeric(version));
        implementation.or(bundle)
    }

    /// What it says of itself, for people.
    pub(crate) fn summary(&self) -> Option<String> {
        let title = self.titles().next()?;
        let version = VERSIONS.iter().find_map(|name| self.get(name));
        Some(version.map_or_else(|| title.to_owned(), |version| format!("{title} {version}")))
    }

    fn titles(&self) -> impl Iterator<Item = &str> {
        // `Bundle-SymbolicName: name;singleton:=true`
        TITLES.iter().filter_map(|name| self.get(name)).map(|title| title.split(';').next().unwrap_or(title).trim())
    }
}

fn ends_in(title: &str, name: &str) -> bool {
    title.strip_suffix(name).is_some_and(|before| before.ends_with('.'))
}

fn is_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit()) && !text.contains(|c: char| c.is_whitespace() || c == '$')
}

fn is_numeric(text: &str) -> bool {
    is_version(text) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_main_section_and_folded_lines() {
        let text = "Manifest-Version: 1.0\r\nImplementation-Title: spring-c\r\n ore\r\nIMPLEMENTATION-VERSION: 6.1.14\r\nBundle-SymbolicName: org.example.x;singleton:=true\r\n\r\nName: a/b\r\nImplementation-Title: other\r\n";
        let manifest = Manifest::parse(text);
        assert_eq!(manifest.get("implementation-title"), Some("spring-core"));
        assert_eq!(manifest.version(), Some("6.1.14"));
        assert!(manifest.is_titled("spring-core") && manifest.is_titled("x") && !manifest.is_titled("core"));
        assert_eq!(manifest.summary().as_deref(), Some("spring-core 6.1.14"));
    }

    #[test]
    fn takes_no_version_that_maven_would_write_otherwise() {
        assert_eq!(Manifest::parse("Bundle-Version: 33.3.1.jre\n").version(), None);
        assert_eq!(Manifest::parse("Bundle-Version: 1.2.0\n").version(), Some("1.2.0"));
        assert_eq!(Manifest::parse("Implementation-Version: ${project.version}\n").version(), None);
        assert_eq!(Manifest::parse("").summary(), None);
    }
}
