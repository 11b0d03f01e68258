//! Following keys through values that are not finished: `self:custom.a.b`, `file(x.yml):a.b`.

use std::rc::Rc;

use super::{Answer, Context, Found, MAX_LEVELS, Outcome, Path, Resolver, State};
use crate::formats::serverless::grammar::{self, Piece, Variable};
use crate::{Node, Value};

impl Resolver<'_> {
    /// The finished value of the configuration's property at `keys`.
    pub(in crate::formats::serverless) fn property(&mut self, keys: &[&str]) -> Answer {
        let mut path = Path::of(keys);
        if let Some(finished) = self.finished.get(&path.keys) {
            return Answer::Found(Found::finished(Rc::clone(finished)));
        }
        let found = match self.follow(Found::raw(Rc::clone(&self.root)), keys, 0) {
            Answer::Found(found) => found,
            Answer::Unknown(_) => return Answer::Unknown(format!("self:{path}")),
            answer => return answer,
        };
        let finished = match found.state {
            State::Finished => found.node,
            State::Raw | State::Part(_) => Rc::new(self.finish(&found.node, &mut path, Context::Plain)),
        };
        self.finished.insert(path.keys, Rc::clone(&finished));
        Answer::Found(Found::finished(finished))
    }

    /// The value at `keys`, of which `depth` are followed already, below `base`. Texts that are one variable are
    /// replaced on the way, not at the end.
    fn follow(&mut self, base: Found, keys: &[&str], depth: usize) -> Answer {
        let mut current: &Node = &base.node;
        for (at, key) in keys.iter().enumerate().skip(depth) {
            if base.state != State::Finished
                && let Some(variable) = only_variable(current)
            {
                let followed = keys.get(..at).unwrap_or_default();
                return match self.replacement(current, &variable, followed) {
                    Answer::Found(found) => self.follow(found, keys, at),
                    answer => answer,
                };
            }
            match child(current, key) {
                Some(next) => current = next,
                None => return Answer::Missing(format!("`{}` is not in the configuration", keys.join("."))),
            }
        }
        Answer::Found(Found { node: Rc::new(current.clone()), state: base.state })
    }

    /// The value of `node`, a text that is only `variable` and stands at `keys`.
    fn replacement(&mut self, node: &Node, variable: &Variable, keys: &[&str]) -> Answer {
        let mut path = Path::of(keys);
        let unknown = || Answer::Unknown(format!("self:{}", keys.join(".")));
        if let Some(replaced) = self.replaced.get(&path.keys) {
            return replaced.clone().map_or_else(unknown, Answer::Found);
        }
        if self.active.contains(&path.keys) || self.level >= MAX_LEVELS {
            return Answer::Broken(format!("the value of `{path}` refers to itself"));
        }
        self.active.push(path.keys.clone());
        self.level += 1;
        let outcome = self.look_up(variable, node, &mut path);
        self.level -= 1;
        self.active.pop();
        let replaced = match outcome {
            Outcome::Found(found) => Some(found),
            Outcome::Unknown(_) => None,
        };
        self.replaced.insert(path.keys, replaced.clone());
        replaced.map_or_else(unknown, Answer::Found)
    }

    /// The value at `keys` below `node`, which is part of a file.
    pub(in crate::formats::serverless) fn part_of_file(&mut self, node: &Node, keys: &[&str]) -> Option<Rc<Node>> {
        let mut current = node;
        for (at, key) in keys.iter().enumerate() {
            if let Some(variable) = only_variable(current) {
                if self.level >= MAX_LEVELS {
                    return None;
                }
                self.level += 1;
                let outcome = self.look_up(&variable, current, &mut Path::default());
                let rest = keys.get(at..).unwrap_or_default();
                let part = match outcome {
                    Outcome::Found(found) => self.part_of_file(&found.node, rest),
                    Outcome::Unknown(_) => None,
                };
                self.level -= 1;
                return part;
            }
            current = child(current, key)?;
        }
        Some(Rc::new(current.clone()))
    }
}

/// The variable that `node` consists of, if it does.
fn only_variable(node: &Node) -> Option<Variable> {
    let text = node.as_str().filter(|text| text.starts_with("${"))?;
    let mut template = grammar::parse(text).ok()?;
    match (template.pop(), template.is_empty()) {
        (Some(Piece::Variable(variable)), true) => Some(variable),
        _ => None,
    }
}

/// The value under `key` of a mapping, or at that index of a list.
fn child<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    match &node.value {
        Value::Sequence(items) => items.get(key.parse::<usize>().ok()?),
        _ => node.get(key),
    }
}
