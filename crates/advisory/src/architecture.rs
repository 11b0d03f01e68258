//! Machine architectures as bits: which builds of an operating system's package a bulletin speaks of.

/// As rpm names them. The order is part of the index's format: new ones go to the end.
const NAMES: [&str; 16] = [
    "noarch",
    "x86_64",
    "aarch64",
    "i686",
    "i586",
    "i486",
    "i386",
    "armv7hl",
    "ppc64le",
    "ppc64",
    "s390x",
    "riscv64",
    "loongarch64",
    "src",
    "nosrc",
    "armv6hl",
];

/// Names that other package managers use for the same.
const ALIASES: &[(&str, &str)] = &[("all", "noarch"), ("any", "noarch"), ("amd64", "x86_64"), ("arm64", "aarch64")];

/// The architecture's bit; 0 for one that is not known.
pub(crate) fn bit(name: &str) -> u32 {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, own)| own);
    NAMES.iter().position(|known| *known == name).map_or(0, |at| 1 << at)
}

/// Whether a bulletin for `stated` (bits, 0 for all) concerns a package built for `architecture`; an unknown one may be any.
pub(crate) fn concerns(stated: u32, architecture: Option<&str>) -> bool {
    const INDEPENDENT: u32 = 1;
    let own = architecture.map_or(0, bit);
    stated == 0 || own == 0 || own == INDEPENDENT || stated & (own | INDEPENDENT) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bulletin_concerns_its_architectures_and_packages_of_none() {
        let stated = bit("x86_64") | bit("i686");
        for (architecture, expected) in [
            (Some("x86_64"), true),
            (Some("amd64"), true),
            (Some("aarch64"), false),
            (Some("noarch"), true),
            (None, true),
        ] {
            assert_eq!(concerns(stated, architecture), expected, "{architecture:?}");
        }
        assert!(concerns(0, Some("aarch64")) && concerns(bit("noarch"), Some("aarch64")));
    }
}
