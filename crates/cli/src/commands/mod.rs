//! One file per command.

pub(crate) mod advisories;
pub(crate) mod explain;
pub(crate) mod permissions;
pub(crate) mod policy;
pub(crate) mod sbom;
pub(crate) mod scan;

use crate::arguments::Command;
use crate::exit::Exit;

pub(crate) fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Sbom(arguments) => sbom::run(&arguments),
        Command::Permissions(arguments) => permissions::run(&arguments),
        Command::Policy(command) => policy::run(&command),
        Command::Advisories(command) => advisories::run(&command),
        Command::Explain(arguments) => explain::run(&arguments),
    }
}
