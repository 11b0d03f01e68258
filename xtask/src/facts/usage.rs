//! The table that leads from the source of a log's event to services.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::Facts;
use super::sources::{AWS_SDK_V2, BOTOCORE};
use super::table::{Rows, Table, overlay};

const OVERLAY: &str = "crates/providers/data/overlay_event_sources.tsv";

pub(crate) const TABLES: &[Table] = &[Table {
    path: "crates/providers/data/usage_event_sources.tsv",
    what: "Services whose calls are logged under a source of events",
    columns: &[
        ("source", "`monitoring` of `monitoring.amazonaws.com`"),
        ("services", "botocore's names, comma separated; `-`: no calls that IAM decides"),
    ],
    sources: &[&BOTOCORE, &AWS_SDK_V2],
    overlays: &[OVERLAY],
    rows,
}];

/// Events name their source by the name that requests are signed for, or by the endpoint's.
fn rows(facts: &Facts) -> Result<Rows> {
    let mut services: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, service) in &facts.botocore.services {
        let names = [&service.signing_name, &service.endpoint_prefix, name];
        for source in names.into_iter().filter(|source| !source.is_empty() && !source.contains(['.', '/'])) {
            services.entry(source.to_lowercase()).or_default().insert(name.clone());
        }
    }
    for row in overlay(facts, OVERLAY, 3)? {
        let [source, service, _reason] = row.as_slice() else { continue };
        services.entry(source.clone()).or_default().insert(service.clone());
    }
    let mut rows = Rows::default();
    for (source, services) in services {
        rows.add([source, services.into_iter().collect::<Vec<_>>().join(",")]);
    }
    Ok(rows)
}
