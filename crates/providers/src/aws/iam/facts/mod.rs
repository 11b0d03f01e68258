//! What is known about IAM from elsewhere: tables made by `cargo xtask facts`, embedded, searched where they lie.

mod actions;
mod escalation_paths;
mod harms;
mod operations;
mod policies;
mod resource_types;

pub(crate) use actions::range_matching;
pub use actions::{ActionId, action, action_count, actions_of_service, expand, is_service, matching, nearest};
pub use escalation_paths::{EscalationKind, EscalationPath, escalation_paths};
pub use harms::{ActionHarm, harms_of};
pub(crate) use harms::{actions_by_harm, dangerous_actions};
pub(crate) use operations::all_operation_actions;
pub use operations::{
    Binding, Condition, OperationAction, OperationActions, ResourceRule, ResourceSource, action_of_operation_named,
    actions_of_operation, prefixes_of_service,
};
pub use policies::{
    Connector, ConnectorSide, ManagedPolicy, SamPolicyTemplate, connector, managed_policy, sam_policy_template,
    sam_policy_templates,
};
pub use resource_types::arn_of_resource_type;

#[cfg(test)]
mod tests;
