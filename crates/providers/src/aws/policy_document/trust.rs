//! Trust policies of roles: as other policy documents, with principals and without resources.

use deploy::formats::cloudformation::{Partial, PartialValue};
use deploy::{Error, parse_json};
use model::trust::{PrincipalKind, TrustStatement, TrustedPrincipal};
use model::{Parsed, SymbolicText};

use super::{MAX_STATEMENTS, Reader};

/// The statements of the trust policy in a JSON text.
///
/// # Errors
/// When the text is not JSON: with line and column.
pub fn trust_from_json(text: &str, file: &str) -> Result<Parsed<Vec<TrustStatement>>, Error> {
    let mut gaps = Vec::new();
    let tree = parse_json(text, file)?.take_gaps(&mut gaps);
    let statements = trust_from_partial(&Partial::plain(&tree), file).take_gaps(&mut gaps);
    Ok(Parsed { value: statements, gaps })
}

/// The statements of a trust policy of the template `file`, in order. Where branches are undecided, all of them.
pub fn trust_from_partial(document: &Partial, file: &str) -> Parsed<Vec<TrustStatement>> {
    let mut reader = Reader { file, gaps: Vec::new() };
    let mut statements = Vec::new();
    for document in document.alternatives() {
        match document.get("Statement") {
            Some(listed) => reader.trusts(listed, &mut statements),
            None => reader.gap(document, "the trust policy has no `Statement`; who may take the role on is not seen"),
        }
    }
    Parsed { value: statements, gaps: reader.gaps }
}

impl Reader<'_> {
    fn trusts(&mut self, listed: &Partial, statements: &mut Vec<TrustStatement>) {
        for item in listed.items_or_self() {
            if statements.len() >= MAX_STATEMENTS {
                self.gap(item, format!("the policy has more than {MAX_STATEMENTS} statements; the rest is left out"));
                return;
            }
            match &item.value {
                PartialValue::Sequence(_) => self.trusts(item, statements),
                _ => statements.extend(self.trust(item)),
            }
        }
    }

    fn trust(&mut self, item: &Partial) -> Option<TrustStatement> {
        let written = self.statement(item)?;
        let (named, is_exclusion) = match (item.get("Principal"), item.get("NotPrincipal")) {
            (Some(named), None) => (named, false),
            (None, Some(named)) => (named, true),
            (named, _) => {
                let what = if named.is_some() { "both `Principal` and `NotPrincipal`" } else { "no `Principal`" };
                self.gap(
                    item,
                    format!("the statement of a trust policy has {what}, which IAM refuses; it is left out"),
                );
                return None;
            }
        };
        Some(TrustStatement {
            effect: written.effect,
            principals: self.principals(named),
            is_exclusion,
            actions: written.actions.iter().chain(&written.not_actions).map(SymbolicText::to_string).collect(),
            conditions: written.conditions,
            origin: written.origin,
        })
    }

    fn principals(&mut self, named: &Partial) -> Vec<TrustedPrincipal> {
        let mut principals = Vec::new();
        for named in named.alternatives() {
            match &named.value {
                PartialValue::Mapping(_) => {}
                _ if named.literal().as_deref() == Some("*") => {
                    principals.push(TrustedPrincipal { kind: PrincipalKind::Aws, name: "*".to_owned() });
                }
                _ => self.gap(named, "the principal is neither `*` nor a mapping; who is meant is not seen"),
            }
            for entry in named.entries() {
                let kind = match entry.name.as_str() {
                    "AWS" => PrincipalKind::Aws,
                    "Service" => PrincipalKind::Service,
                    "Federated" => PrincipalKind::Federated,
                    "CanonicalUser" => PrincipalKind::CanonicalUser,
                    name => {
                        self.gap(&entry.value, format!("`{name}` is no kind of principal; IAM refuses the policy"));
                        continue;
                    }
                };
                let texts = self.scalars(&entry.value).into_iter().filter_map(Partial::text);
                principals.extend(texts.map(|name| TrustedPrincipal { kind, name: name.to_string() }));
            }
        }
        principals
    }
}
