//! Every ecosystem's version order, by versions that ascend.

use std::cmp::Ordering;

use inventory::Ecosystem;

/// An ecosystem, versions that ascend, and pairs that are equal.
type Order = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

const ORDERS: &[Order] = &[
    ("Alpine", &["1.0_alpha", "1.0_rc1", "1.0", "1.0-r1", "1.0_p1", "1.0a", "1.1", "1.10"], &[("1.0-r0", "1.0-r0")]),
    ("CRAN", &["0.9", "1.0", "1.0.0", "1.0-1", "1.0-10", "1.1"], &[("1.0.1", "1.0-1")]),
    (
        "Debian",
        &["1.0~rc1", "1.0", "1.0-1", "1.0-1+deb12u1", "1.0a", "1.0.1", "1:0.1"],
        &[("0:1.0", "1.0"), ("1.0-0", "1.0")],
    ),
    ("Go", &["0.0.0-20230101000000-000000000000", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0"], &[("v1.0.0", "1.0.0")]),
    ("Hackage", &["0.9", "1.0", "1.0.0", "1.1", "1.10"], &[("1.0", "1.0")]),
    ("Hex", &["1.0.0-dev", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0"], &[("1.0.0+a", "1.0.0")]),
    (
        "Maven",
        &["1.0-alpha-1", "1.0-beta", "1.0-rc", "1.0-SNAPSHOT", "1.0", "1.0-sp", "1.0.1"],
        &[("1.0", "1.0.0"), ("1.0-ga", "1")],
    ),
    (
        "NuGet",
        &["1.0.0-alpha", "1.0.0-BETA", "1.0", "1.0.0.1", "1.0.1", "1.10"],
        &[("1.0", "1.0.0.0"), ("1.0.0-RC", "1.0.0-rc")],
    ),
    (
        "Packagist",
        &["1.0-dev", "1.0-alpha1", "1.0-RC1", "1.0", "1.0-p1", "1.0.1", "2024.01.31.12", "2024.01.31.12.30"],
        &[("v1.0", "1.0.0.0")],
    ),
    ("Pub", &["1.0.0-dev", "1.0.0", "1.0.0+1", "1.0.0+2", "1.0.1"], &[("1.0.0+1", "1.0.0+01")]),
    ("PyPI", &["1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0.post1", "1.1", "1!0.1"], &[("1.0", "1.0.0")]),
    (
        "Red Hat",
        &["1.0~rc1-1", "1.0-1", "1.0^git1-1", "1.0.1-1", "1:0.1-1"],
        &[("0:1.0-1", "1.0-1"), ("1.01-1", "1.1-1")],
    ),
    ("RubyGems", &["1.0.a", "1.0.rc1", "1.0", "1.0.0.1", "1.0.1", "1.10"], &[("1", "1.0.0"), ("1-a", "1.pre.a")]),
    ("SwiftURL", &["1.0.0-beta", "1.0.0", "1.0.1", "1.10.0"], &[("v1.0.0", "1.0.0")]),
    ("Ubuntu", &["1.0~rc1", "1.0", "1.0-1ubuntu1", "1.0-1ubuntu1.1"], &[("1.0-1", "1.0-1")]),
    ("crates.io", &["1.0.0-alpha.1", "1.0.0-beta", "1.0.0", "1.0.1", "1.10.0"], &[("1.0.0+a", "1.0.0+b")]),
    ("npm", &["1.0.0-0", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0"], &[("v1.0.0", "1.0.0")]),
];

#[test]
fn every_ecosystem_orders_its_versions() {
    for (name, ascending, equal) in ORDERS {
        let ecosystem = Ecosystem::by_advisory_name(name).unwrap();
        for (at, lower) in ascending.iter().enumerate() {
            for higher in &ascending[at + 1..] {
                assert_eq!(ecosystem.compare(lower, higher), Ordering::Less, "{name}: {lower} {higher}");
                assert_eq!(ecosystem.compare(higher, lower), Ordering::Greater, "{name}: {higher} {lower}");
            }
        }
        for (left, right) in *equal {
            assert_eq!(ecosystem.compare(left, right), Ordering::Equal, "{name}: {left} {right}");
        }
        for version in ascending.iter().chain(equal.iter().map(|(left, _)| left)) {
            assert!(ecosystem.version_key(version).is_ok(), "{name}: {version}");
        }
    }
}
