//! The vocabulary every stage speaks: functions, components, calls, permissions, findings, gaps.
//!
//! Pure data without behaviour beyond construction, ordering and display. Nothing here reads bytes, opens files or
//! serialises itself: wire formats belong to `report`, readers to the crates that own a format.

pub mod advisory;
pub mod call;
pub mod component;
pub mod evaluation;
pub mod finding;
pub mod function;
pub mod gap;
pub mod location;
pub mod permission;
pub mod proposal;
pub mod recall;
pub mod report;
pub mod secret;
pub mod symbolic;
pub mod table;
pub mod trust;

pub use finding::{Confidence, Family, Finding, Remedy, RemedyKind, Severity};
pub use gap::{Gap, Hidden, Parsed};
pub use location::Location;
pub use symbolic::{Part, SymbolicText};
