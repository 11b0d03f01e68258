//! Model providers.

use model::Severity;

use crate::checks::Check;
use crate::kind::{Kind, exact};

pub(crate) static OPENAI_KEY: Kind = Kind::pattern(
    "openai-api-key",
    "OpenAI API key",
    &[exact("T3BlbkFJ"), exact("sk-proj-"), exact("sk-svcacct-"), exact("sk-admin-")],
    r"\b(sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_\-]{36,180}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}))(?:[^A-Za-z0-9_\-]|$)",
)
.source("platform.openai.com/docs/api-reference/authentication; help.openai.com project keys")
.severity(Severity::Critical)
.reach(28, 220)
.checks(&[Check::Entropy(3.8)])
.samples(&["OPENAI_API_KEY=sk-@{b62:20}T3BlbkFJ@{b62:20}", "sk-proj-@{b62:64}T3BlbkFJ@{b62:64}"], &["sk-proj-...", "sk-proj-your-key"]);

pub(crate) static ANTHROPIC_KEY: Kind = Kind::pattern(
    "anthropic-api-key",
    "Anthropic API key",
    &[exact("sk-ant-")],
    r"\b(sk-ant-(?:api|admin|oat|sid)\d\d-[A-Za-z0-9_\-]{80,120})(?:[^A-Za-z0-9_\-]|$)",
)
.source("docs.anthropic.com/en/api/overview, authentication")
.severity(Severity::Critical)
.checks(&[Check::Entropy(4.0)])
.samples(&["ANTHROPIC_API_KEY=sk-ant-api03-@{b62:93}AA"], &["sk-ant-api03-..."]);

pub(crate) static HUGGINGFACE_TOKEN: Kind = Kind::pattern(
    "huggingface-token",
    "Hugging Face token",
    &[exact("hf_"), exact("api_org_")],
    r"\b((?:hf_|api_org_)[A-Za-z]{34})\b",
)
.source("huggingface.co/docs/hub/security-tokens")
.checks(&[Check::Entropy(3.5), Check::NotWordy, Check::Classes(2)])
.samples(&["HF_TOKEN=hf_@{alpha:34}"], &["hf_transfer_enabled_for_downloads_xx", "hf_@{alpha:10}"]);

pub(crate) static GROQ_KEY: Kind =
    Kind::pattern("groq-api-key", "Groq API key", &[exact("gsk_")], r"\b(gsk_[A-Za-z0-9]{52})\b")
        .source("console.groq.com/docs/quickstart")
        .checks(&[Check::Entropy(4.0)])
        .samples(&["GROQ_API_KEY=gsk_@{b62:52}"], &["gsk_x"]);

pub(crate) static REPLICATE_TOKEN: Kind =
    Kind::pattern("replicate-api-token", "Replicate API token", &[exact("r8_")], r"\b(r8_[A-Za-z0-9]{37})\b")
        .source("replicate.com/docs/topics/security/api-tokens")
        .checks(&[Check::Entropy(3.8)])
        .samples(&["REPLICATE_API_TOKEN=r8_@{b62:37}"], &["r8_x"]);

pub(crate) static PERPLEXITY_KEY: Kind =
    Kind::pattern("perplexity-api-key", "Perplexity API key", &[exact("pplx-")], r"\b(pplx-[A-Za-z0-9]{48})\b")
        .source("docs.perplexity.ai/guides/getting-started")
        .checks(&[Check::Entropy(3.8)])
        .samples(&["pplx-@{b62:48}"], &["pplx-7b-online"]);

pub(crate) static OPENROUTER_KEY: Kind =
    Kind::pattern("openrouter-api-key", "OpenRouter API key", &[exact("sk-or-v1-")], r"\b(sk-or-v1-[0-9a-f]{64})\b")
        .source("openrouter.ai/docs/api-reference/authentication")
        .samples(&["sk-or-v1-@{hex:64}"], &["sk-or-v1-xxxx"]);

pub(crate) static XAI_KEY: Kind =
    Kind::pattern("xai-api-key", "xAI API key", &[exact("xai-")], r"\b(xai-[A-Za-z0-9]{80})\b")
        .source("docs.x.ai/docs/tutorial")
        .checks(&[Check::Entropy(4.0)])
        .samples(&["XAI_API_KEY=xai-@{b62:80}"], &["xai-grok"]);

pub(crate) static LANGSMITH_KEY: Kind = Kind::pattern(
    "langsmith-api-key",
    "LangSmith API key",
    &[exact("lsv2_pt_"), exact("lsv2_sk_")],
    r"\b(lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10})\b",
)
.source("docs.smith.langchain.com, create an account and API key")
.samples(&["LANGSMITH_API_KEY=lsv2_pt_@{hex:32}_@{hex:10}"], &["lsv2_pt_x"]);

pub(crate) static PINECONE_KEY: Kind = Kind::pattern(
    "pinecone-api-key",
    "Pinecone API key",
    &[exact("pcsk_")],
    r"\b(pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{60,66})\b",
)
.source("docs.pinecone.io/guides/projects/manage-api-keys")
.checks(&[Check::Entropy(4.0)])
.samples(&["PINECONE_API_KEY=pcsk_@{b62:6}_@{b62:63}"], &["pcsk_x"]);

pub(crate) static COHERE_KEY: Kind =
    Kind::assigned("cohere-api-key", "Cohere API key", &["cohere"], &["key", "apikey", "token"], r"^[A-Za-z0-9]{40}$")
        .source("docs.cohere.com/reference/about")
        .checks(&[Check::Entropy(3.8), Check::NotWordy])
        .samples(&["COHERE_API_KEY=@{b62:40}"], &["COHERE_MODEL=@{b62:40}"]);
