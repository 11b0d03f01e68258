//! `CASE.json`: a request with the policies to judge it by.

use deploy::{Node, parse_json};

use super::context::Context;
use super::document::Document;
use super::principal::Principal;
use super::{Policies, Request};

/// A question of `fnassay policy evaluate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub request: Request,
    pub policies: Policies,
}

/// Why a file is no case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    #[error(transparent)]
    Json(#[from] deploy::Error),
    #[error("{file}:{line}:{column}: {why}")]
    Shape { file: String, line: u32, column: u32, why: String },
}

impl Case {
    /// Reads a case from the text of `file`.
    ///
    /// # Errors
    /// When the text is not JSON, or what is asked cannot be told; with line and column. A policy that cannot be
    /// read is no error: it makes the decision unknown where it may matter.
    pub fn from_json(text: &str, file: &str) -> Result<Self, CaseError> {
        let parsed = parse_json(text, file)?;
        let reader = Reader { file };
        let root = &parsed.value;
        let request = reader.request(reader.required(root, "request")?)?;
        let mut policies = Policies {
            identity: reader.documents(root, "identityPolicies")?,
            resource: reader.document(root, "resourcePolicy"),
            boundary: reader.documents(root, "permissionBoundaryPolicies")?,
            session: reader.document(root, "sessionPolicy"),
            vpc_endpoint: reader.documents(root, "vpcEndpointPolicies")?,
            service_control: reader.levels(root, "serviceControlPolicies")?,
            resource_control: reader.levels(root, "resourceControlPolicies")?,
        };
        for gap in &parsed.gaps {
            let why = format!("line {}: {}", gap.location.line.unwrap_or_default(), gap.why);
            policies.doubt(&why);
        }
        Ok(Self { request, policies })
    }
}

impl Policies {
    /// Puts everything in doubt: the file contradicts itself, which IAM would not have taken.
    fn doubt(&mut self, why: &str) {
        let levels = self.service_control.iter_mut().chain(&mut self.resource_control).flatten();
        let documents = self.identity.iter_mut().chain(&mut self.resource).chain(&mut self.boundary);
        let documents = documents.chain(&mut self.session).chain(&mut self.vpc_endpoint).chain(levels);
        documents.for_each(|document| document.doubt(why));
    }
}

struct Reader<'a> {
    file: &'a str,
}

impl Reader<'_> {
    fn request(&self, node: &Node) -> Result<Request, CaseError> {
        let principal = Principal::parse(self.text(node, "principal")?);
        let action = self.text(node, "action")?;
        let resource = self.required(node, "resource")?;
        let (arn, account) = match resource.as_str() {
            Some(arn) => (arn, ""),
            None => (
                self.text(resource, "resource")?,
                resource.get("accountId").and_then(Node::scalar_text).unwrap_or_default(),
            ),
        };
        Ok(Request::new(principal, action, arn, account, self.context(node)?))
    }

    fn context(&self, request: &Node) -> Result<Context, CaseError> {
        let mut context = Context::default();
        for (key, value) in request.get("contextVariables").map(Node::entries).unwrap_or_default() {
            let items = value.as_sequence().unwrap_or(std::slice::from_ref(value));
            let texts: Option<Vec<String>> = items.iter().map(|item| item.scalar_text().map(str::to_owned)).collect();
            let texts = texts.ok_or_else(|| self.wrong(value, "a context variable is a value or a list of values"))?;
            context.insert(key.as_str().unwrap_or_default(), texts);
        }
        for key in request.get("unknownContext").map(Node::items).unwrap_or_default() {
            let key = key.as_str().ok_or_else(|| self.wrong(key, "`unknownContext` lists names of keys"))?;
            context.insert_unknown(key);
        }
        Ok(context)
    }

    fn levels(&self, root: &Node, key: &str) -> Result<Vec<Vec<Document>>, CaseError> {
        let levels = root.get(key).map(Node::items).unwrap_or_default();
        levels.iter().map(|level| self.documents(level, "policies")).collect()
    }

    fn documents(&self, node: &Node, key: &str) -> Result<Vec<Document>, CaseError> {
        let Some(listed) = node.get(key).filter(|listed| !listed.is_null()) else { return Ok(Vec::new()) };
        let items = listed.as_sequence().ok_or_else(|| self.wrong(listed, format!("`{key}` is a list")))?;
        let named = |(index, item): (usize, &Node)| {
            let name = item.get("name").and_then(Node::scalar_text);
            let name = name.map_or_else(|| format!("{key}[{index}]"), str::to_owned);
            self.compiled(name, item.get("policy").unwrap_or(item))
        };
        Ok(items.iter().enumerate().map(named).collect())
    }

    fn document(&self, root: &Node, key: &str) -> Option<Document> {
        let node = root.get(key).filter(|node| !node.is_null())?;
        let inner = node.get("policy");
        let name = node.get("name").and_then(Node::scalar_text).filter(|_| inner.is_some()).unwrap_or(key);
        Some(self.compiled(name.to_owned(), inner.unwrap_or(node)))
    }

    /// A document, or the text of one.
    fn compiled(&self, name: String, node: &Node) -> Document {
        let Some(text) = node.as_str() else { return Document::new(name, node) };
        match parse_json(text, &name) {
            Ok(parsed) if parsed.gaps.is_empty() => Document::new(name, &parsed.value),
            Ok(parsed) => Document::unreadable(name, parsed.gaps.iter().map(|gap| gap.why.as_str()).collect()),
            Err(error) => Document::unreadable(name, error.to_string()),
        }
    }

    fn required<'n>(&self, node: &'n Node, key: &str) -> Result<&'n Node, CaseError> {
        node.get(key).ok_or_else(|| self.wrong(node, format!("`{key}` is missing")))
    }

    fn text<'n>(&self, node: &'n Node, key: &str) -> Result<&'n str, CaseError> {
        let value = self.required(node, key)?;
        value.scalar_text().ok_or_else(|| self.wrong(value, format!("`{key}` is text")))
    }

    fn wrong(&self, node: &Node, why: impl Into<String>) -> CaseError {
        CaseError::Shape { file: self.file.to_owned(), line: node.line, column: node.column, why: why.into() }
    }
}
