//! The lines of `policy evaluate`.

use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct Evaluation {
    /// The case's path as given.
    case: String,
    decision: &'static str,
    deciding: Vec<StatementName>,
    unevaluated: Vec<Unevaluated>,
}

#[derive(Debug, Serialize)]
struct StatementName {
    policy: String,
    statement: String,
}

#[derive(Debug, Serialize)]
struct Unevaluated {
    policy: String,
    statement: String,
    why: String,
}

impl Evaluation {
    pub fn from_model(case: &str, answer: &model::evaluation::Answer) -> Self {
        let name = |name: &model::evaluation::StatementName| StatementName {
            policy: name.policy.clone(),
            statement: name.statement.clone(),
        };
        let unevaluated = |unevaluated: &model::evaluation::Unevaluated| Unevaluated {
            policy: unevaluated.statement.policy.clone(),
            statement: unevaluated.statement.statement.clone(),
            why: unevaluated.why.clone(),
        };
        Self {
            case: case.to_owned(),
            decision: answer.decision.name(),
            deciding: answer.deciding.iter().map(name).collect(),
            unevaluated: answer.unevaluated.iter().map(unevaluated).collect(),
        }
    }

    /// A case that cannot be read, so that nothing is known of its decision.
    pub fn unread(case: &str, why: String) -> Self {
        let unevaluated = vec![Unevaluated { policy: String::new(), statement: String::new(), why }];
        let decision = model::evaluation::Decision::Unknown.name();
        Self { case: case.to_owned(), decision, deciding: Vec::new(), unevaluated }
    }
}
