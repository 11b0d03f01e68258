//! Judges policies by themselves: a document, or every identity of an account.

use model::call::CodeFacts;
use model::function::{Cloud, Function, FunctionKind, Identity};
use model::permission::{Policy, PolicyKind};
use model::{Finding, Gap, Location, Parsed};
use providers::aws::iam::account::{self, AccountIdentity};
use providers::aws::iam::{self, CodeCoverage, TemplateResources};
use providers::aws::policy_document;
use rules::FunctionFacts;

use crate::Date;

/// What was found in a file of policies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Linted {
    /// Those of one identity together, in the file's order; worst first among them.
    pub findings: Vec<Finding>,
    /// What could not be read or decided, sorted.
    pub gaps: Vec<Gap>,
}

/// Why a file cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum LintError {
    #[error(transparent)]
    Document(#[from] providers::DocumentError),
    #[error("cannot read `{file}` as account details: {source}")]
    Account { file: String, source: serde_json::Error },
}

/// Judges the text of `file`: a policy document, or the answer of `aws iam get-account-authorization-details`, where all
/// policies of an identity are judged together.
///
/// # Errors
/// When the text is neither, with line and column.
pub fn lint(text: &str, file: &str, today: Date) -> Result<Linted, LintError> {
    if account::is_account(text) {
        let parsed =
            account::identities(text, file).map_err(|source| LintError::Account { file: file.to_owned(), source })?;
        return Ok(judge_all(parsed, file, today));
    }
    let parsed = policy_document::from_json(text, file)?;
    let policy = Policy {
        id: file.to_owned(),
        kind: PolicyKind::Customer,
        name: file.to_owned(),
        arn: None,
        parameters: Vec::new(),
        statements: parsed.value,
        location: Location::file(file),
    };
    let identity = Identity { policies: vec![policy], ..Identity::default() };
    let alone = AccountIdentity { arn: String::new(), name: file.to_owned(), identity };
    Ok(judge_all(Parsed { value: vec![alone], gaps: parsed.gaps }, file, today))
}

/// Identities are judged on as many threads as there are, each a part of them.
fn judge_all(parsed: Parsed<Vec<AccountIdentity>>, file: &str, today: Date) -> Linted {
    let Parsed { value: identities, mut gaps } = parsed;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let part = identities.len().div_ceil(threads).max(1);
    let judge = |part: &[AccountIdentity]| -> Vec<Finding> {
        part.iter().flat_map(|identity| judge(identity, file, today)).collect()
    };
    let findings = std::thread::scope(|scope| {
        let parts: Vec<_> = identities.chunks(part).map(|part| scope.spawn(move || judge(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    });
    gaps.sort();
    gaps.dedup();
    Linted { findings, gaps }
}

/// The findings about one identity, which is judged like a function without code.
fn judge(identity: &AccountIdentity, file: &str, today: Date) -> Vec<Finding> {
    let function = Function {
        id: if identity.arn.is_empty() { file.to_owned() } else { format!("{file}#{}", identity.arn) },
        name: identity.name.clone(),
        cloud: Cloud::Aws,
        kind: FunctionKind::Function,
        runtime: None,
        handler: None,
        code: Vec::new(),
        triggers: Vec::new(),
        environment: Vec::new(),
        identity: identity.identity.clone(),
        wiring: Vec::new(),
        location: Location::file(file),
    };
    let coverage = CodeCoverage::None("policies are judged without code".to_owned());
    let permissions =
        iam::permissions(&function, &CodeFacts::default(), &coverage, &TemplateResources::default(), today, None).value;
    let facts = FunctionFacts {
        function: &function,
        components: &[],
        vulnerabilities: &[],
        secrets: &[],
        permissions: &permissions,
        runtime_status: None,
        today,
    };
    let mut findings = rules::check_policies(&facts);
    for finding in &mut findings {
        finding.identity = Some(identity.arn.clone()).filter(|arn| !arn.is_empty());
    }
    findings
}
