//! ARN patterns compared as sets: with wildcards, and with parts that are known only at deployment.
//!
//! A text is brought to one form first: `${Orders.Arn}` and `arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Orders}`
//! are the same, and so is the ARN with the table's name written out when the template gives it. Two questions are then
//! answered: does one pattern *surely* cover the other, and *may* they have something in common.

pub(super) mod emptiness;
pub(super) mod tokens;

use std::sync::{Arc, LazyLock, OnceLock};

use model::{Part, SymbolicText};

use super::facts::{self, ActionId};
use super::template_resources::{Meaning, StandsFor, TemplateResources};
use super::wildcard;
use tokens::{Token, covers, may_meet, simplified};

/// Deepest chain of names that refer to other names.
const MAX_NAME_LEVELS: usize = 4;

/// An ARN or a pattern of ARNs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pattern {
    tokens: Vec<Token>,
    /// Places of the first five colons, when it is an ARN with all its fields.
    colons: Option<[usize; 5]>,
    /// The resource of the template that it is written by, as logical id.
    owner: Option<Arc<str>>,
}

/// The kinds of resources that an action works on.
#[derive(Debug)]
pub(crate) struct ActionKinds {
    /// Every ARN of each kind.
    pub(crate) known: Vec<Pattern>,
    /// Whether the shape of every kind is known.
    pub(crate) is_complete: bool,
}

/// Whose pattern it is: decides what an unknown part means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// A grant reaches only what it surely names.
    Grant,
    /// A need of an unknown part is a need of whatever it may be.
    Need,
}

impl Pattern {
    pub(crate) fn new(text: &SymbolicText, side: Side, resources: &TemplateResources) -> Self {
        let mut tokens = Vec::new();
        Compiler { resources, side }.text(text, MAX_NAME_LEVELS, &mut tokens);
        let tokens = simplified(tokens);
        let colons = colons(&tokens);
        Self { tokens, colons, owner: owner(text, resources) }
    }

    /// Every ARN of a resource type: its ARN with `*` for the names.
    pub(crate) fn of_type(arn: &str) -> Self {
        let open = SymbolicText::parse_sub(arn).map_parts(|part| match part {
            Part::Reference(name) if !name.starts_with("AWS::") => Some(SymbolicText::literal("*")),
            _ => None,
        });
        Self::new(&open, Side::Grant, &TemplateResources::default())
    }

    /// What the resources of an action look like, compiled once for each action.
    pub(crate) fn of_action(action: ActionId) -> &'static ActionKinds {
        static UNKNOWN: ActionKinds = ActionKinds { known: Vec::new(), is_complete: false };
        static KINDS: LazyLock<Vec<OnceLock<ActionKinds>>> =
            LazyLock::new(|| (0..facts::action_count()).map(|_| OnceLock::new()).collect());
        let read = || {
            let arns: Vec<_> = action.resource_types().map(|(key, _)| facts::arn_of_resource_type(&key)).collect();
            let is_complete = arns.iter().all(Option::is_some);
            ActionKinds { known: arns.into_iter().flatten().map(Self::of_type).collect(), is_complete }
        };
        KINDS.get(action.index()).map_or(&UNKNOWN, |kinds| kinds.get_or_init(read))
    }

    /// Whether no ARN is one of all of `within` and of none of `without`. `None` where that depends on what is known only
    /// at deployment, or the search is given up.
    pub(crate) fn have_nothing(within: &[&Self], without: &[&Self]) -> Option<bool> {
        if within.iter().any(|narrow| without.iter().any(|wide| wide.covers(narrow))) {
            return Some(true);
        }
        let any: &[Token] = &[Token::Any];
        let none: Vec<&[Token]> = without.iter().map(|pattern| pattern.tokens.as_slice()).collect();
        let all: Vec<&[Token]> = within.iter().map(|pattern| pattern.tokens.as_slice()).collect();
        let all = if all.is_empty() { vec![any] } else { all };
        let is_known = |patterns: &[&[Token]]| patterns.iter().copied().flatten().all(Token::is_known);
        if is_known(&all) && is_known(&none) {
            return emptiness::is_empty(&all, &none);
        }
        // What two of them have in common cannot be told where parts are unknown: then one alone must have nothing.
        let is_surely_empty = |patterns: &[&[Token]]| emptiness::is_empty(patterns, &none) == Some(true);
        let are_empty =
            if is_known(&all) { is_surely_empty(&all) } else { all.iter().any(|one| is_surely_empty(&[one])) };
        are_empty.then_some(true)
    }

    /// `arn:aws:s3:::bucket/*` with the bucket named.
    pub(crate) fn is_all_objects_of_a_bucket(&self) -> bool {
        let Some([_, _, service, _, _, rest]) = self.fields() else { return false };
        let is_s3 = service == [Token::Letter('s'), Token::Letter('3')];
        let [bucket @ .., Token::Letter('/'), Token::Any] = rest else { return false };
        is_s3 && !bucket.contains(&Token::Any) && !bucket.contains(&Token::Letter('/'))
    }

    /// Whether it may be more than one ARN, region and account aside.
    pub(crate) fn has_wildcards(&self) -> bool {
        let resource = self.fields().map_or(self.tokens.as_slice(), |[_, _, _, _, _, resource]| resource);
        resource.iter().any(|token| matches!(token, Token::Any | Token::One))
    }

    /// Whether nothing of it is left to the deployment.
    pub(crate) fn is_known(&self) -> bool {
        self.tokens.iter().all(Token::is_known)
    }

    pub(crate) fn is_everything(&self) -> bool {
        self.tokens == [Token::Any]
    }

    /// Whether every ARN of `other` is surely one of this pattern. Region and account count as equal where one is known
    /// only at deployment: whoever writes a region into a policy deploys there.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.compare(other, covers)
    }

    /// Whether an ARN of `other` may be one of this pattern. Two resources of the template are two, even where their names
    /// are known only at deployment.
    pub(crate) fn may_meet(&self, other: &Self) -> bool {
        let are_two = self.owner.is_some() && other.owner.is_some() && self.owner != other.owner;
        if are_two { self.covers(other) || other.covers(self) } else { self.compare(other, may_meet) }
    }

    /// Whether the resource of this ARN, which a log names, may be one of the pattern. Names that the deployment generates
    /// hold the logical id, or its beginning, in any case.
    pub(crate) fn may_be_deployed_as(&self, arn: &str) -> bool {
        const MIN_LOGICAL_ID_LETTERS: usize = 12;
        let mut pattern = String::new();
        for token in &self.tokens {
            match token {
                Token::Letter(letter) => pattern.extend(letter.to_lowercase()),
                Token::One => pattern.push('?'),
                Token::Any | Token::Deployment(_) | Token::Unknown => pattern.push('*'),
                Token::Generated(logical_id) => {
                    let start: String = logical_id.chars().take(MIN_LOGICAL_ID_LETTERS).collect();
                    pattern.push_str(&format!("*{}*", start.to_lowercase()));
                }
            }
        }
        wildcard::matches(&pattern, &arn.to_lowercase())
    }

    fn compare(&self, other: &Self, holds: fn(&[Token], &[Token]) -> bool) -> bool {
        let (Some(mine), Some(others)) = (self.fields(), other.fields()) else {
            return holds(&self.tokens, &other.tokens);
        };
        mine.iter().zip(others).enumerate().all(|(index, (mine, other))| {
            let is_place = index == 3 || index == 4;
            is_place && (is_deployment(mine) || is_deployment(other)) || holds(mine, other)
        })
    }

    /// Partition, service, region, account and the rest, `arn` first.
    fn fields(&self) -> Option<[&[Token]; 6]> {
        let [a, b, c, d, e] = self.colons?;
        let tokens = &self.tokens;
        Some([
            tokens.get(..a)?,
            tokens.get(a + 1..b)?,
            tokens.get(b + 1..c)?,
            tokens.get(c + 1..d)?,
            tokens.get(d + 1..e)?,
            tokens.get(e + 1..)?,
        ])
    }
}

/// The first resource of the template that the text refers to by its ARN or name.
fn owner(text: &SymbolicText, resources: &TemplateResources) -> Option<Arc<str>> {
    let references = text.parts().iter().filter_map(|part| match part {
        Part::Reference(name) => resources.meaning(name),
        Part::Literal(_) | Part::Environment(_) | Part::Unknown => None,
    });
    let mut named = references.filter(|meaning| !matches!(meaning.stands_for, StandsFor::Other | StandsFor::Url));
    named.next().map(|meaning| meaning.logical_id.into())
}

fn is_deployment(field: &[Token]) -> bool {
    matches!(field, [Token::Deployment(_)])
}

struct Compiler<'a> {
    resources: &'a TemplateResources,
    side: Side,
}

impl Compiler<'_> {
    fn text(&self, text: &SymbolicText, levels: usize, tokens: &mut Vec<Token>) {
        for part in text.parts() {
            match part {
                Part::Literal(literal) => self.literal(literal, tokens),
                Part::Reference(name) => self.reference(name, levels, tokens),
                Part::Environment(_) | Part::Unknown => tokens.push(self.unknown()),
            }
        }
    }

    fn unknown(&self) -> Token {
        match self.side {
            Side::Grant => Token::Unknown,
            Side::Need => Token::Any,
        }
    }

    /// Wildcards, and IAM's policy variables: `${aws:username}`, and `${*}`, `${?}`, `${$}` for the letters themselves.
    fn literal(&self, literal: &str, tokens: &mut Vec<Token>) {
        let mut rest = literal;
        while let Some(letter) = rest.chars().next() {
            if let Some((variable, after)) = rest.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
                let escaped = variable.chars().next().filter(|_| ["*", "?", "$"].contains(&variable));
                tokens.push(escaped.map_or(Token::Unknown, Token::Letter));
                rest = after;
                continue;
            }
            tokens.push(match letter {
                '*' => Token::Any,
                '?' => Token::One,
                letter => Token::Letter(letter),
            });
            rest = rest.get(letter.len_utf8()..).unwrap_or("");
        }
    }

    fn reference(&self, name: &str, levels: usize, tokens: &mut Vec<Token>) {
        if name == "AWS::Partition" {
            return self.literal("aws", tokens);
        }
        let is_at_start = tokens.is_empty();
        match self.resources.meaning(name) {
            Some(meaning) if levels > 0 => self.resource(name, &meaning, is_at_start, levels, tokens),
            _ => tokens.push(Token::Deployment(name.into())),
        }
    }

    fn resource(&self, name: &str, meaning: &Meaning<'_>, is_at_start: bool, levels: usize, tokens: &mut Vec<Token>) {
        match meaning.stands_for {
            StandsFor::Arn if is_at_start => self.arn(meaning, levels, tokens),
            StandsFor::Below(separator) if is_at_start => {
                self.arn(meaning, levels, tokens);
                self.literal(separator, tokens);
                tokens.push(Token::Deployment(name.into()));
            }
            StandsFor::Name => self.name(meaning, levels, tokens),
            _ => tokens.push(Token::Deployment(name.into())),
        }
    }

    fn arn(&self, meaning: &Meaning<'_>, levels: usize, tokens: &mut Vec<Token>) {
        let (before, after) = meaning.resource.kind.arn.split_once("{}").unwrap_or_default();
        self.text(&SymbolicText::parse_sub(before), levels - 1, tokens);
        self.name(meaning, levels, tokens);
        self.text(&SymbolicText::parse_sub(after), levels - 1, tokens);
    }

    fn name(&self, meaning: &Meaning<'_>, levels: usize, tokens: &mut Vec<Token>) {
        let start = tokens.len();
        match &meaning.resource.name {
            Some(name) => self.text(name, levels - 1, tokens),
            None => tokens.push(Token::Generated(meaning.logical_id.into())),
        }
        // A parameter's name `/shop/key` stands in its ARN as `parameter/shop/key`.
        let is_doubled = start > 0 && tokens.get(start - 1) == Some(&Token::Letter('/'));
        if is_doubled && tokens.get(start) == Some(&Token::Letter('/')) {
            tokens.remove(start);
        }
    }
}

fn colons(tokens: &[Token]) -> Option<[usize; 5]> {
    let is_arn = tokens.starts_with(&[Token::Letter('a'), Token::Letter('r'), Token::Letter('n'), Token::Letter(':')]);
    let mut places = tokens.iter().enumerate().filter(|(_, token)| **token == Token::Letter(':')).map(|(at, _)| at);
    let mut next = || places.next();
    let colons = [next()?, next()?, next()?, next()?, next()?];
    is_arn.then_some(colons)
}

#[cfg(test)]
mod tests;
