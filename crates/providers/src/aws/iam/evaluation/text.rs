//! Texts of policies: wildcards and policy variables, resolved for a request and compared.
//!
//! Source: the IAM user guide, "Variables and tags" and the reference of the elements `Resource` and `Condition`.
//! Supported: `*`, `?`, `${key}`, `${key, 'default'}`, the escapes `${*}`, `${?}`, `${$}`; in policies of version
//! 2008-10-17, or without a version, `${…}` is plain text. Unsupported (→ unknown): variables within variables.

use super::context::{Context, Known};
use super::truth::Truth;
use crate::aws::iam::pattern::tokens::{self, Token, simplified};

/// A text of a policy, ready to be resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    /// Without variables.
    Plain(Vec<Token>),
    WithVariables(Vec<Piece>),
    /// A variable that cannot be read, as written.
    Malformed(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Tokens(Vec<Token>),
    Variable {
        /// In lower case.
        key: String,
        default: Option<String>,
    },
}

/// How wildcards of a text are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wildcards {
    /// `*` and `?` stand for other letters.
    Match,
    /// They are letters.
    Literal,
}

/// A text of a policy for one request.
pub(super) enum Resolved<'a> {
    Tokens(std::borrow::Cow<'a, [Token]>),
    /// It refers to a key that the request does not have: nothing is equal to it.
    Missing,
    Unknown(String),
}

impl Text {
    pub(super) fn new(text: &str, wildcards: Wildcards, has_variables: bool) -> Self {
        if !has_variables || !text.contains("${") {
            return Self::Plain(simplified(letters(text, wildcards).collect()));
        }
        let mut pieces = Vec::new();
        let mut plain = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            plain.extend(letters(before, wildcards));
            let Some((variable, tail)) = after.split_once('}') else { return Self::Malformed(text.to_owned()) };
            match variable {
                "*" | "?" | "$" => plain.extend(letters(variable, Wildcards::Literal)),
                variable => {
                    let Some(piece) = piece_of(variable) else { return Self::Malformed(text.to_owned()) };
                    pieces.push(Piece::Tokens(std::mem::take(&mut plain)));
                    pieces.push(piece);
                }
            }
            rest = tail;
        }
        plain.extend(letters(rest, wildcards));
        if pieces.is_empty() {
            return Self::Plain(simplified(plain));
        }
        pieces.push(Piece::Tokens(plain));
        Self::WithVariables(pieces)
    }

    /// The text with its variables' values in their places; wildcards within values are letters.
    pub(super) fn resolve(&self, context: &Context) -> Resolved<'_> {
        let pieces = match self {
            Self::Plain(tokens) => return Resolved::Tokens(tokens.into()),
            Self::Malformed(text) => {
                return Resolved::Unknown(format!("the policy variable in `{text}` cannot be read"));
            }
            Self::WithVariables(pieces) => pieces,
        };
        let mut resolved = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Tokens(tokens) => resolved.extend(tokens.iter().cloned()),
                Piece::Variable { key, default } => match (context.get(key), default) {
                    (Known::Present([value]), _) => resolved.extend(letters(value, Wildcards::Literal)),
                    (Known::Unknown, _) => return Resolved::Unknown(format!("the value of `{key}` is not known")),
                    (_, Some(default)) => resolved.extend(letters(default, Wildcards::Literal)),
                    // A key with several values has none that could stand here.
                    (Known::Absent | Known::Present(_), None) => return Resolved::Missing,
                },
            }
        }
        Resolved::Tokens(simplified(resolved).into())
    }

    /// Whether a variable stands in the first five fields of an ARN, where IAM puts no values.
    pub(super) fn has_variable_before_resource(&self) -> bool {
        let Self::WithVariables(pieces) = self else { return false };
        let mut colons = 0;
        for piece in pieces {
            match piece {
                Piece::Tokens(tokens) => colons += tokens.iter().filter(|token| **token == Token::Letter(':')).count(),
                Piece::Variable { .. } => return colons < 5,
            }
        }
        false
    }
}

/// `aws:username`, or `aws:PrincipalTag/team, 'none'`.
fn piece_of(variable: &str) -> Option<Piece> {
    let (key, default) = match variable.split_once(',') {
        Some((key, default)) => {
            let default = default.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            (key.trim(), Some(default.to_owned()))
        }
        None => (variable.trim(), None),
    };
    let is_key = !key.is_empty() && key.contains(':') && !key.contains(['$', '{', ' ']);
    is_key.then(|| Piece::Variable { key: key.to_ascii_lowercase(), default })
}

pub(super) fn letters(text: &str, wildcards: Wildcards) -> impl Iterator<Item = Token> + '_ {
    text.chars().map(move |letter| match (letter, wildcards) {
        ('*', Wildcards::Match) => Token::Any,
        ('?', Wildcards::Match) => Token::One,
        (letter, _) => Token::Letter(letter),
    })
}

/// Whether the resolved text matches all of `value`, which may have wildcards itself.
pub(super) fn covers(text: &Text, value: &[Token], context: &Context, why: &mut Vec<String>) -> Truth {
    compare(text, context, why, |tokens| tokens::covers(tokens, value))
}

/// Whether something of `value` matches the resolved text.
pub(super) fn meets(text: &Text, value: &[Token], context: &Context, why: &mut Vec<String>) -> Truth {
    compare(text, context, why, |tokens| tokens::may_meet(tokens, value))
}

pub(super) fn compare(
    text: &Text,
    context: &Context,
    why: &mut Vec<String>,
    holds: impl FnOnce(&[Token]) -> bool,
) -> Truth {
    match text.resolve(context) {
        Resolved::Tokens(tokens) => holds(&tokens).into(),
        Resolved::Missing => Truth::False,
        Resolved::Unknown(reason) => {
            why.push(reason);
            Truth::Unknown
        }
    }
}
