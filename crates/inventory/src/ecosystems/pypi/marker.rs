//! Environment markers: whether a dependency is wanted where functions run.
//!
//! **Source**: the "Dependency specifiers" specification (PEP 508), "Environment markers". **Supported**: the grammar
//! whole; the environment is CPython on Linux, its version when the function's runtime says so. **Unsupported**: nothing is
//! an error: what cannot be decided (`platform_machine`, an unknown Python version, broken text) is `None`.

use std::cmp::Ordering;

use crate::VersionSet;
use crate::ecosystems::pypi::{normalise_name, specifier, version};

/// What is known of the environment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Environment<'a> {
    /// Major and minor version.
    pub(crate) python: Option<(u32, u32)>,
    /// Extras of the package that are asked for; `None` when that is not known.
    pub(crate) extras: Option<&'a [&'a str]>,
}

/// Whether `marker` holds; `None` when that depends on something unknown. An empty marker holds.
pub(crate) fn evaluate(marker: &str, environment: Environment<'_>) -> Option<bool> {
    let tokens = tokenise(marker)?;
    if tokens.is_empty() {
        return Some(true);
    }
    let mut parser = Parser { tokens: &tokens, at: 0, environment };
    let value = parser.alternatives(0)?;
    // What follows a whole expression is not understood.
    if parser.at == tokens.len() { value } else { None }
}

/// Parentheses deeper than this are not read.
const MAX_NESTING_LEVELS: usize = 32;
/// Markers of locks join some dozens of conditions.
const MAX_TOKENS: usize = 4_096;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    And,
    Or,
    Operator(&'a str),
    Variable(&'a str),
    Text(&'a str),
}

/// `None` for a text that is no marker.
fn tokenise(marker: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = marker.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, rest.get(1..)?),
            ')' => (Token::Close, rest.get(1..)?),
            '"' | '\'' => {
                let (text, after) = rest.get(1..)?.split_once(first)?;
                (Token::Text(text), after)
            }
            '<' | '>' | '=' | '!' | '~' => {
                let (operator, after) =
                    rest.split_at(rest.find(|c| !matches!(c, '<' | '>' | '=' | '!' | '~')).unwrap_or(rest.len()));
                (Token::Operator(operator), after)
            }
            _ => {
                let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
                let (word, after) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
                match word {
                    "" => return None,
                    "and" => (Token::And, after),
                    "or" => (Token::Or, after),
                    "in" | "not" => (Token::Operator(word), after),
                    word => (Token::Variable(word), after),
                }
            }
        };
        tokens.push(token);
        rest = after.trim_start();
        if tokens.len() > MAX_TOKENS {
            return None;
        }
    }
    Some(tokens)
}

/// Each rule answers `None` for broken text and `Some(None)` for what is not decided.
struct Parser<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
    environment: Environment<'t>,
}

impl<'a> Parser<'_, 'a> {
    fn alternatives(&mut self, level: usize) -> Option<Option<bool>> {
        let mut value = self.conjunction(level)?;
        while self.accept(Token::Or) {
            let right = self.conjunction(level)?;
            value = match (value, right) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        Some(value)
    }

    fn conjunction(&mut self, level: usize) -> Option<Option<bool>> {
        let mut value = self.condition(level)?;
        while self.accept(Token::And) {
            let right = self.condition(level)?;
            value = match (value, right) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        Some(value)
    }

    fn condition(&mut self, level: usize) -> Option<Option<bool>> {
        if self.accept(Token::Open) {
            if level >= MAX_NESTING_LEVELS {
                return None;
            }
            let value = self.alternatives(level + 1)?;
            return self.accept(Token::Close).then_some(value);
        }
        let left = self.next()?;
        let operator = match self.next()? {
            Token::Operator("not") => match self.next()? {
                Token::Operator("in") => "not in",
                _ => return None,
            },
            Token::Operator(operator) => operator,
            _ => return None,
        };
        let right = self.next()?;
        match (left, right) {
            (Token::Variable(variable), Token::Text(text)) => Some(self.compare(variable, operator, text)),
            (Token::Text(text), Token::Variable(variable)) => Some(self.compare(variable, mirrored(operator), text)),
            _ => None,
        }
    }

    fn compare(&self, variable: &str, operator: &str, text: &str) -> Option<bool> {
        match variable {
            "extra" | "extras" | "dependency_groups" => {
                let is_asked =
                    self.environment.extras?.iter().any(|extra| normalise_name(extra) == normalise_name(text));
                match operator {
                    "==" | "contains" => Some(is_asked),
                    "!=" => Some(!is_asked),
                    _ => None,
                }
            }
            "python_version" => self.compare_python(operator, text),
            "python_full_version" => self.compare_full_python(operator, text),
            "sys_platform" | "sys.platform" => compare_text("linux", operator, text),
            "platform_system" => compare_text("Linux", operator, text),
            "os_name" | "os.name" => compare_text("posix", operator, text),
            "implementation_name" => compare_text("cpython", operator, text),
            "platform_python_implementation" | "platform.python_implementation" | "python_implementation" => {
                compare_text("CPython", operator, text)
            }
            _ => None,
        }
    }

    fn compare_python(&self, operator: &str, text: &str) -> Option<bool> {
        let (major, minor) = self.environment.python?;
        let python = format!("{major}.{minor}");
        match operator {
            "in" => Some(text.split([',', ' ', '|']).any(|one| one == python)),
            "not in" => Some(!text.split([',', ' ', '|']).any(|one| one == python)),
            operator => {
                let admitted = specifier::parse(&format!("{operator}{text}")).ok()?;
                Some(admitted.contains(&version::key(&python).ok()?))
            }
        }
    }

    /// The patch version is not known: the condition is decided when it holds for all patches of the minor, or for none.
    fn compare_full_python(&self, operator: &str, text: &str) -> Option<bool> {
        let (major, minor) = self.environment.python?;
        let admitted = specifier::parse(&format!("{operator}{text}")).ok()?.as_set();
        let minor_line = specifier::parse(&format!("=={major}.{minor}.*")).ok()?.as_set();
        let releases = minor_line.intersection(&VersionSet::between(
            crate::Cut::before(version::key(&format!("{major}.{minor}")).ok()?),
            crate::Cut::End,
        ));
        if releases.is_subset_of(&admitted) {
            return Some(true);
        }
        (!releases.intersects(&admitted)).then_some(false)
    }

    fn next(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.get(self.at).copied()?;
        self.at += 1;
        Some(token)
    }

    fn accept(&mut self, token: Token<'_>) -> bool {
        let is_next = self.tokens.get(self.at) == Some(&token);
        self.at += usize::from(is_next);
        is_next
    }
}

/// The operator with its sides changed: `"3.8" <= python_version` is `python_version >= "3.8"`.
fn mirrored(operator: &str) -> &str {
    match operator {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        "in" => "contains",
        "not in" => "lacks",
        operator => operator,
    }
}

fn compare_text(actual: &str, operator: &str, text: &str) -> Option<bool> {
    Some(match operator {
        // `linux2` is what Python 2 called it.
        "==" | "===" => actual == text || (actual == "linux" && text == "linux2"),
        "!=" => actual != text,
        "in" => text.contains(actual),
        "not in" => !text.contains(actual),
        "contains" => actual.contains(text),
        "lacks" => !actual.contains(text),
        "<" => actual.cmp(text) == Ordering::Less,
        ">" => actual.cmp(text) == Ordering::Greater,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(marker: &str, python: Option<(u32, u32)>, expected: Option<bool>) {
        let environment = Environment { python, extras: Some(&["Socks_5"]) };
        assert_eq!(evaluate(marker, environment), expected, "{marker} {python:?}");
    }

    #[test]
    fn decides_what_the_platform_decides() {
        check("", None, Some(true));
        check("sys_platform == 'win32'", None, Some(false));
        check("sys_platform != \"win32\"", None, Some(true));
        check("'linux' in sys_platform", None, Some(true));
        check("sys_platform in 'darwin linux'", None, Some(true));
        check("platform_system not in 'Windows Darwin'", None, Some(true));
        check("os_name == 'nt' or (sys_platform == 'linux' and implementation_name == 'cpython')", None, Some(true));
        check("platform_python_implementation == 'PyPy'", None, Some(false));
        check("extra == 'socks-5'", None, Some(true));
        check("extra == 'other'", None, Some(false));
    }

    #[test]
    fn decides_python_versions_only_when_one_is_known() {
        check("python_version < '3.8'", Some((3, 12)), Some(false));
        check("python_version < '3.8'", None, None);
        check("python_version >= '3.10'", Some((3, 9)), Some(false));
        check("'3.8' <= python_version", Some((3, 12)), Some(true));
        check("python_version in '2.7, 3.12'", Some((3, 12)), Some(true));
        check("python_version == '3.*'", Some((3, 12)), Some(true));
        check("python_full_version < '3.11.0a6'", Some((3, 12)), Some(false));
        check("python_full_version < '3.12.3'", Some((3, 12)), None);
        check("python_full_version >= '3.9.0' and python_full_version < '4.0.0'", Some((3, 12)), Some(true));
        check("python_version < '3.8' and sys_platform == 'win32'", None, Some(false));
    }

    #[test]
    fn leaves_open_what_it_cannot_decide() {
        for marker in [
            "platform_machine == 'x86_64'",
            "unknown == 'x'",
            "sys_platform ==",
            "(sys_platform == 'linux'",
            "a b c",
            "'a' == 'a'",
            "\u{e4}",
            "sys_platform == 'linux' x",
        ] {
            check(marker, None, None);
        }
        check(&"(".repeat(10_000), None, None);
    }
}
