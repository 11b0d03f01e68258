//! Assignment targets and the patterns of `match`.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::{Lowering, name, offset};
use crate::ir::{Case, Expr, ExprKind, MAX_DEPTH, Pattern, StmtKind};

impl Lowering {
    pub(super) fn target(&mut self, target: &ast::Expr) -> Pattern {
        match target {
            ast::Expr::Name(target) => {
                self.declare(&target.id);
                Pattern::Name(name(&target.id))
            }
            ast::Expr::Attribute(target) => {
                Pattern::Attribute { object: self.expression(&target.value), name: name(&target.attr) }
            }
            ast::Expr::Subscript(target) => {
                Pattern::Index { object: self.expression(&target.value), index: self.expression(&target.slice) }
            }
            ast::Expr::List(targets) => self.targets(&targets.elts),
            ast::Expr::Tuple(targets) => self.targets(&targets.elts),
            ast::Expr::Starred(target) => self.target(&target.value),
            _ => Pattern::Ignore,
        }
    }

    fn targets(&mut self, targets: &[ast::Expr]) -> Pattern {
        if self.depth >= MAX_DEPTH {
            return Pattern::Ignore;
        }
        self.depth += 1;
        let rest = targets.iter().position(|target| matches!(target, ast::Expr::Starred(_)));
        let parts = targets.iter().map(|target| self.target(target)).collect();
        self.depth -= 1;
        Pattern::List { parts, rest }
    }

    pub(super) fn matched(&mut self, matched: &ast::StmtMatch) -> StmtKind {
        let subject = self.expression(&matched.subject);
        let cases = matched
            .cases
            .iter()
            .map(|case| {
                let mut tests = Vec::new();
                let pattern = self.case(&case.pattern, &mut tests);
                tests.extend(case.guard.as_deref().map(|guard| {
                    // A guard's own truth is not what the subject is compared with.
                    let guard = self.expression(guard);
                    Expr::new(guard.offset, ExprKind::Operation(vec![guard]))
                }));
                Case { pattern, tests, body: self.block(&case.body), falls_through: false }
            })
            .collect();
        StmtKind::Match { subject, cases }
    }

    fn case(&mut self, pattern: &ast::Pattern, tests: &mut Vec<Expr>) -> Pattern {
        let undecided = Expr::new(offset(pattern.range()), ExprKind::Data);
        if self.depth >= MAX_DEPTH {
            tests.push(undecided);
            return Pattern::Ignore;
        }
        self.depth += 1;
        let lowered = match pattern {
            ast::Pattern::MatchValue(value) => {
                tests.push(self.expression(&value.value));
                Pattern::Ignore
            }
            ast::Pattern::MatchSingleton(value) => {
                let kind = match value.value {
                    ast::Singleton::None => ExprKind::Nothing,
                    ast::Singleton::True => ExprKind::Boolean(true),
                    ast::Singleton::False => ExprKind::Boolean(false),
                };
                tests.push(Expr::new(undecided.offset, kind));
                Pattern::Ignore
            }
            ast::Pattern::MatchOr(options) => {
                for option in &options.patterns {
                    self.case(option, tests);
                }
                Pattern::Ignore
            }
            ast::Pattern::MatchSequence(sequence) => {
                tests.push(undecided);
                let rest = sequence.patterns.iter().position(|part| matches!(part, ast::Pattern::MatchStar(_)));
                Pattern::List { parts: self.parts(&sequence.patterns), rest }
            }
            ast::Pattern::MatchMapping(mapping) => {
                tests.push(undecided);
                let keys: Vec<_> = mapping.keys.iter().map(|key| self.expression(key)).collect();
                let parts = keys.into_iter().zip(self.parts(&mapping.patterns)).collect();
                let rest = mapping.rest.as_ref().map(|rest| Box::new(self.captured(Some(rest))));
                Pattern::Dict { parts, rest }
            }
            ast::Pattern::MatchClass(class) => {
                tests.push(undecided);
                let keys: Vec<_> = class
                    .arguments
                    .keywords
                    .iter()
                    .map(|keyword| Expr::new(offset(keyword.range), ExprKind::Text(name(&keyword.attr))))
                    .collect();
                let named: Vec<_> = class
                    .arguments
                    .keywords
                    .iter()
                    .map(|keyword| self.case(&keyword.pattern, &mut Vec::new()))
                    .collect();
                Pattern::Dict { parts: keys.into_iter().zip(named).collect(), rest: None }
            }
            ast::Pattern::MatchStar(star) => self.captured(star.name.as_ref()),
            ast::Pattern::MatchAs(bound) => {
                if let Some(inner) = &bound.pattern {
                    self.case(inner, tests);
                }
                self.captured(bound.name.as_ref())
            }
        };
        self.depth -= 1;
        lowered
    }

    /// Parts of a structure: what they compare with decides nothing about the whole.
    fn parts(&mut self, patterns: &[ast::Pattern]) -> Vec<Pattern> {
        patterns.iter().map(|pattern| self.case(pattern, &mut Vec::new())).collect()
    }

    fn captured(&mut self, bound: Option<&ast::Identifier>) -> Pattern {
        match bound {
            Some(bound) => {
                self.declare(bound);
                Pattern::Name(name(bound))
            }
            None => Pattern::Ignore,
        }
    }
}
