//! One release as bundlers see it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::super::json;

/// A way to load a package.
pub(super) struct Form {
    pub(super) name: &'static str,
    before: &'static str,
    after: &'static str,
}

pub(super) const FORMS: &[Form] = &[
    Form { name: "require", before: "module.exports = require(\"", after: "\");" },
    Form { name: "import", before: "export * from \"", after: "\";" },
];

/// Rounds of leaving out what a release asks for and does not bring along.
const MAX_ROUNDS: usize = 12;

impl Form {
    /// What esbuild makes of the package in `place`, minified, without what `description` says it depends on; empty when it
    /// cannot be loaded so. Kept beside it for the next time.
    pub(super) fn bundle(&self, place: &Path, name: &str, description: &Value, esbuild: &Path) -> Result<String> {
        let output = place.join(format!("bundle-{}.js", self.name));
        if output.exists() {
            return Ok(fs::read_to_string(&output)?);
        }
        let entry = format!("{}.mjs", self.name);
        fs::write(place.join(&entry), format!("{}{name}{}", self.before, self.after))?;
        let groups = ["dependencies", "peerDependencies", "optionalDependencies"];
        let needs =
            groups.iter().flat_map(|group| json::members(&description[*group])).map(|(name, _)| name.to_owned());
        let mut left_out: BTreeSet<String> = needs.filter(|other| other != name).collect();
        for _ in 0..MAX_ROUNDS {
            let mut command = Command::new(esbuild);
            command.current_dir(place).arg(&entry).args(["--bundle", "--minify", "--platform=node", "--format=cjs"]);
            command.args(["--legal-comments=none", "--loader:.node=empty", "--log-limit=0"]);
            command.arg(format!("--outfile={}", output.display()));
            command.args(left_out.iter().map(|name| format!("--external:{name}")));
            let result = command.output().with_context(|| format!("cannot start `{command:?}`"))?;
            if result.status.success() {
                return Ok(fs::read_to_string(&output)?);
            }
            let said = String::from_utf8_lossy(&result.stderr);
            let before = left_out.len();
            let missing = said.split("Could not resolve \"").skip(1).filter_map(|rest| rest.split('"').next());
            left_out.extend(missing.map(str::to_owned));
            if left_out.len() == before {
                break;
            }
        }
        fs::write(&output, "")?;
        Ok(String::new())
    }
}
