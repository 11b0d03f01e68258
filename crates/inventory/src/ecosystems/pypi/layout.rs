//! Which installed packages satisfy a project's requirements: those on the path that Python gets from the platform.

use crate::claim::Place;

/// Whether what the project at `asking` requires is met by what lies at `holder`: layers are on the path of every
/// function, and installs go into the project's folder, one above it, or one below it (`package/`, `.python_packages/…`).
/// A copy that a package keeps for itself (`setuptools/_vendor`) meets nobody else's requirement.
pub(crate) fn sees(asking: &Place, holder: &Place) -> bool {
    if is_private(&holder.root) {
        return asking.root == holder.root && asking.mount == holder.mount;
    }
    asking.is_near(holder)
}

pub(crate) fn is_private(root: &str) -> bool {
    root.split('/').any(|folder| folder.starts_with('_') && folder.contains("vendor"))
}
