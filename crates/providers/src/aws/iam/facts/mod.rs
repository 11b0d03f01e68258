//! What is known about IAM from elsewhere: tables made by `cargo xtask facts`, embedded, searched where they lie.

mod policies;

pub use policies::{
    Connector, ConnectorSide, ManagedPolicy, SamPolicyTemplate, connector, managed_policy, sam_policy_template,
};

#[cfg(test)]
mod tests;
