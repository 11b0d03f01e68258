//! Resources of CloudFormation and SAM templates as functions.
