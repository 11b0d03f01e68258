//! Who may do what: granted actions compared with needed ones.
//!
//! Place in the flow: `deploy` and this crate's resource readers yield a function's policies, `code` its calls; this
//! module turns both into verdicts and a least-privilege policy. It reads no files and sends nothing.

mod action_set;
pub mod facts;
mod needs;
mod pattern;
mod resource_kinds;
mod template_resources;
mod wildcard;

pub use needs::needs;
pub use template_resources::TemplateResources;
