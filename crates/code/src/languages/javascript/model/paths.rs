//! Paths of things outside the project: a package and the members taken from it.

/// `@aws-sdk/client-s3.S3Client` taken apart. Members named `default` are left out: what a package exports by default
/// and the package itself are not told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path<'a> {
    pub package: &'a str,
    pub members: Vec<&'a str>,
}

impl<'a> Path<'a> {
    pub(super) fn parse(path: &'a str) -> Self {
        let name_start = path.rfind('/').map_or(0, |slash| slash + 1);
        let dot = path.get(name_start..).and_then(|name| name.find('.')).map(|dot| name_start + dot);
        let (package, members) = match dot.and_then(|dot| path.split_at_checked(dot)) {
            // A relative file or a name that starts with a dot.
            Some((package, members)) if !package.is_empty() => (package, members),
            _ => (path, ""),
        };
        let members = members.split('.').filter(|member| !member.is_empty() && *member != "default").collect();
        Self { package, members }
    }

    /// The only member.
    pub(super) fn member(&self) -> Option<&'a str> {
        match self.members.as_slice() {
            [member] => Some(member),
            _ => None,
        }
    }

    /// The path as fact tables write it.
    pub(super) fn joined(&self) -> String {
        let mut joined = self.package.to_owned();
        for member in &self.members {
            joined.push('.');
            joined.push_str(member);
        }
        joined
    }

    pub(super) fn is_v3_package(&self) -> bool {
        super::facts::package(self.package).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_paths_apart() {
        let cases: [(&str, &str, &[&str]); 6] = [
            ("@aws-sdk/client-s3.S3Client", "@aws-sdk/client-s3", &["S3Client"]),
            ("aws-sdk.default.DynamoDB.DocumentClient", "aws-sdk", &["DynamoDB", "DocumentClient"]),
            ("aws-sdk/clients/s3", "aws-sdk/clients/s3", &[]),
            ("process.env", "process", &["env"]),
            ("fs", "fs", &[]),
            (".", ".", &[]),
        ];
        for (path, package, members) in cases {
            assert_eq!(Path::parse(path), Path { package, members: members.to_vec() }, "{path}");
        }
    }
}
