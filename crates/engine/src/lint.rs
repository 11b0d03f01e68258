//! Judges policies by themselves: a document, or every identity of an account.

use model::function::{Cloud, Function, FunctionKind, Identity};
use model::permission::{Permissions, Policy, PolicyKind};
use model::trust::RoleChain;
use model::{Finding, Gap, Hidden, Location};
use providers::aws::iam::account::{self, Account, AccountIdentity, Reader};
use providers::aws::iam::{PolicyJudge, Standing, role_chains};
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
    #[error("nothing to judge in `{file}`: {why}")]
    Nothing { file: String, why: String },
    #[error("cannot read `{file}` as account details: {source}")]
    Account { file: String, source: serde_json::Error },
}

/// Judges the text of `file`: a policy document, or the answer of `aws iam get-account-authorization-details`, where all
/// policies of an identity are judged together, and what its role leads to.
///
/// # Errors
/// When the text is neither, with line and column, or when no statement of it could be read.
pub fn lint(text: &str, file: &str, today: Date) -> Result<Linted, LintError> {
    if account::is_account(text) {
        let account =
            Account::parse(text, file).map_err(|source| LintError::Account { file: file.to_owned(), source })?;
        return Ok(judge_account(&account, file, today));
    }
    let parsed = policy_document::from_text(text, file)?;
    if let (true, Some(gap)) = (parsed.value.is_empty(), parsed.gaps.first()) {
        return Err(LintError::Nothing { file: file.to_owned(), why: gap.why.clone() });
    }
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
    let findings = Judge::new(file, today).judge(alone).findings;
    Ok(linted(findings, parsed.gaps))
}

fn linted(findings: Vec<Finding>, mut gaps: Vec<Gap>) -> Linted {
    gaps.sort();
    gaps.dedup();
    Linted { findings, gaps }
}

/// Identities are read and judged on as many threads as there are, each a part of them; only what was found is kept.
fn judge_account(account: &Account<'_>, file: &str, today: Date) -> Linted {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let part = account.len().div_ceil(threads).max(1);
    let judge = |start: usize| {
        let (mut reader, mut judge) = (Reader::new(account), Judge::new(file, today));
        let identities = (start..(start + part).min(account.len())).filter_map(|place| reader.identity(place));
        let judged: Vec<Judged> = identities.map(|identity| judge.judge(identity)).collect();
        (judged, reader.into_gaps())
    };
    let (mut judged, mut gaps) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let starts = (0..account.len()).step_by(part);
        let parts: Vec<_> = starts.map(|start| scope.spawn(move || judge(start))).collect();
        for part in parts {
            let (found, more) = part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            judged.extend(found);
            gaps.extend(more);
        }
    });
    let mut findings = Vec::new();
    let (standings, found): (Vec<Standing>, Vec<_>) =
        judged.into_iter().map(|judged| (judged.standing, (judged.arn, judged.name, judged.findings))).unzip();
    let (chains, is_complete) = role_chains(&standings);
    if !is_complete {
        let why = "the account has too many roles that trust all of it; some chains of roles are not looked for";
        gaps.push(Gap::new(Location::file(file), why, &[Hidden::Permissions]));
    }
    let judge = Judge::new(file, today);
    for ((arn, name, mut own), chains) in found.into_iter().zip(chains) {
        if !chains.is_empty() {
            own.extend(judge.chains(&arn, &name, chains));
            rules::sort_findings(&mut own);
        }
        findings.extend(own);
    }
    linted(findings, gaps)
}

/// Judges the identities of one file.
struct Judge<'a> {
    file: &'a str,
    today: Date,
    policies: PolicyJudge,
}

/// One identity, judged.
struct Judged {
    arn: String,
    name: String,
    findings: Vec<Finding>,
    standing: Standing,
}

impl<'a> Judge<'a> {
    fn new(file: &'a str, today: Date) -> Self {
        Self { file, today, policies: PolicyJudge::new(today) }
    }

    fn judge(&mut self, of: AccountIdentity) -> Judged {
        let (permissions, standing) = self.policies.judge(&of.identity);
        let findings = self.findings(&of.arn, &of.name, of.identity, &permissions);
        Judged { arn: of.arn, name: of.name, findings, standing }
    }

    /// The findings about the chains that start at an identity.
    fn chains(&self, arn: &str, name: &str, role_chains: Vec<RoleChain>) -> Vec<Finding> {
        self.findings(arn, name, Identity::default(), &Permissions { role_chains, ..Permissions::default() })
    }

    /// What the rules say of an identity, which is to them a function without code.
    fn findings(&self, arn: &str, name: &str, identity: Identity, permissions: &Permissions) -> Vec<Finding> {
        let function = Function {
            id: if arn.is_empty() { self.file.to_owned() } else { format!("{}#{arn}", self.file) },
            name: name.to_owned(),
            cloud: Cloud::Aws,
            kind: FunctionKind::Function,
            runtime: None,
            handler: None,
            code: Vec::new(),
            triggers: Vec::new(),
            environment: Vec::new(),
            identity,
            wiring: Vec::new(),
            location: Location::file(self.file),
        };
        let facts = FunctionFacts {
            function: &function,
            components: &[],
            vulnerabilities: &[],
            secrets: &[],
            permissions,
            runtime_status: None,
            today: self.today,
        };
        let mut findings = rules::check_policies(&facts);
        for finding in &mut findings {
            finding.identity = Some(arn.to_owned()).filter(|arn| !arn.is_empty());
        }
        findings
    }
}
