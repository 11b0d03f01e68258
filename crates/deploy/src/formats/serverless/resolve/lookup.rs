//! The value of one variable: the first of its sources that has one.

use std::rc::Rc;

use model::SymbolicText;

use super::text::{bare, literal_node};
use super::{Answer, Context, Found, MAX_LOOKUPS, Outcome, Path, Resolver};
use crate::formats::serverless::grammar::{Parameter, Piece, Source, Template, Variable};
use crate::formats::serverless::sources::{self, Lookup};
use crate::{Node, Value};

impl Resolver<'_> {
    /// What `variable`, used at `node`, stands for: the first of its sources that has a value.
    pub(super) fn look_up(&mut self, variable: &Variable, node: &Node, path: &mut Path) -> Outcome {
        self.lookup_count += 1;
        if self.lookup_count > MAX_LOOKUPS {
            self.gap(
                node,
                path,
                format!("there are more than {MAX_LOOKUPS} variables to look up; the rest stay as written"),
            );
            return Outcome::Unknown(bare(&variable.text));
        }
        let mut last = Answer::Missing(String::new());
        for source in &variable.sources {
            match self.answer(source, node, path) {
                Answer::Found(found) if found.node.is_null() => last = Answer::Missing("it is null".to_owned()),
                Answer::Found(found) if found.node.line == 0 => {
                    let value = found.node.value.clone();
                    return Outcome::Found(Found::finished(Rc::new(Node::synthetic(value, node))));
                }
                Answer::Found(found) => return Outcome::Found(found),
                Answer::Unknown(name) => return Outcome::Unknown(name),
                Answer::Broken(why) => {
                    last = Answer::Broken(why);
                    break;
                }
                answer => last = answer,
            }
        }
        match last {
            Answer::NotGiven { name, fallback } => {
                let found = fallback.map(|value| Found::finished(Rc::new(Node::synthetic(Value::Text(value), node))));
                if found.is_none() {
                    self.not_given.insert(name.clone());
                }
                found.map_or(Outcome::Unknown(name), Outcome::Found)
            }
            Answer::Missing(why) | Answer::Broken(why) => {
                self.gap(node, path, format!("`{}` has no value: {why}", variable.text));
                Outcome::Unknown(bare(&variable.text))
            }
            Answer::Found(_) | Answer::Unknown(_) => Outcome::Unknown(bare(&variable.text)),
        }
    }

    fn answer(&mut self, source: &Source, node: &Node, path: &mut Path) -> Answer {
        match source {
            Source::Literal(literal) => Answer::Found(Found::raw(Rc::new(literal_node(literal, node)))),
            Source::Nested(template) => self.nested(template, node, path),
            Source::Lookup { kind, parameters, address } => {
                match self.lookup(kind, parameters, address.as_ref(), node, path) {
                    Ok(lookup) => sources::answer(self, &lookup),
                    Err(lookup) => sources::answer_to_unknown(&lookup),
                }
            }
        }
    }

    /// A variable in the place of a source: `${opt:a, ${self:b}}`.
    fn nested(&mut self, template: &Template, node: &Node, path: &mut Path) -> Answer {
        match template.as_slice() {
            [Piece::Variable(variable)] => match self.look_up(variable, node, path) {
                Outcome::Found(found) => Answer::Found(found),
                Outcome::Unknown(name) => Answer::Unknown(name),
            },
            pieces => {
                let joined = self.join(node, pieces, path);
                Answer::Found(Found::finished(Rc::new(self.text(node, &joined, Context::Plain))))
            }
        }
    }

    /// A source with the variables of its parameters and address replaced: `Err` when they are not all known.
    fn lookup(
        &mut self,
        kind: &str,
        parameters: &[Parameter],
        address: Option<&Template>,
        node: &Node,
        path: &mut Path,
    ) -> Result<Lookup, Lookup> {
        let mut texts = Vec::new();
        for parameter in parameters {
            texts.push(match parameter {
                Parameter::Literal(literal) => SymbolicText::literal(literal.clone().into_text()),
                Parameter::Template(template) => self.join(node, template, path),
            });
        }
        let address = address.map(|address| self.join(node, address, path));
        let is_known = texts.iter().chain(&address).all(|text| text.as_literal().is_some());
        let lookup = Lookup {
            kind: kind.to_owned(),
            parameters: texts.iter().map(|text| bare(&text.to_string())).collect(),
            address: address.map(|address| bare(&address.to_string())),
        };
        if is_known { Ok(lookup) } else { Err(lookup) }
    }
}
