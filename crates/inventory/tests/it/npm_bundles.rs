//! Bundles: libraries known by their texts, packages without versions, and input that nobody means well.

use artifact::Artifact;
use inventory::{Inventory, Setting, take};
use model::Parsed;
use proptest::prelude::*;

use crate::{check, inventory_of, render};

const HELPER: &str = "var e=(r,t)=>()=>(t||r((t={exports:{}}).exports,t),t.exports);\n";

fn padded(code: &str) -> String {
    format!("{HELPER}{code}{}", "\ncode();".repeat(60))
}

#[test]
fn says_which_packages_of_a_mapped_bundle_have_no_version() {
    let map = r#"{"version":3,"sources":["node_modules/a/i.js","node_modules/b/i.js"],"mappings":"AAAA"}"#;
    let bundle = padded("\n//# sourceMappingURL=index.js.map");
    let advice = "ship the lock file with it, or scan the folder it is built from";
    check(
        &[("index.js", &bundle), ("index.js.map", map)],
        &[
            "pkg:npm/a (unknown): r index.js",
            "pkg:npm/b (unknown): r index.js",
            &format!("gap index.js: 2 packages in the bundle without a version: `a`, `b`; {advice}"),
        ],
    );
    let lock = r#"{"packages": {"node_modules/a": {"version": "1.0.0"}}}"#;
    let taken = inventory_of(&[("index.js", &bundle), ("index.js.map", map), ("package-lock.json", lock)], None);
    let gaps: Vec<_> = render(&taken).into_iter().filter(|line| line.starts_with("gap")).collect();
    assert_eq!(gaps, [format!("gap index.js: 1 package in the bundle without a version: `b`; {advice}")]);
}

fn taken(files: &[(&str, &[u8])]) -> Parsed<Inventory> {
    take(&Artifact::from_memory(files.iter().copied()), &Setting::default())
}

/// RFC 4648 section 4, without padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |bytes: &[u8]| {
        let bits = bytes.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - bytes.len()));
        (0..=bytes.len())
            .map(move |place| char::from(DIGITS[(bits >> (18 - 6 * place)) as usize & 63]))
            .collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[test]
fn nested_maps_and_links_in_circles_end_in_the_bundles_gap() {
    let mut map = r#"{"version":3,"sources":["a.js"],"mappings":"A"}"#.to_owned();
    for _ in 0..6 {
        let link = format!("x//# sourceMappingURL=data:application/json;base64,{}", base64(map.as_bytes()));
        map = format!(r#"{{"version":3,"sources":["{link}"],"sourcesContent":["{link}"],"mappings":""}}"#);
    }
    let nested = padded(&format!("\n//# sourceMappingURL=data:application/json;base64,{}", base64(map.as_bytes())));
    let circle = padded("\n//# sourceMappingURL=circle.js");
    let outside = padded("\n//# sourceMappingURL=../../../../etc/x.map");
    let files = [("nested.js", nested.as_bytes()), ("a/circle.js", circle.as_bytes()), ("b/o.js", outside.as_bytes())];
    let found = taken(&files);
    assert_eq!(found.value.components, []);
    assert_eq!(found.gaps.len(), 3, "{:?}", found.gaps);
    let sections = "{\"sections\":[{\"map\":".repeat(20_000);
    let deep = padded("\n//# sourceMappingURL=i.js.map");
    assert_eq!(taken(&[("i.js", deep.as_bytes()), ("i.js.map", sections.as_bytes())]).gaps.len(), 1);
}

#[test]
fn hostile_sources_name_no_package() {
    let sources = [
        "../../../../../node_modules/../../x/i.js",
        "node_modules/node_modules/node_modules/",
        "node_modules/@/a/i.js",
        "node_modules/a\\u0000b/i.js",
        "node_modules/a b/i.js",
        "node_modules/%2e%2e/i.js",
        "node_modules/@s/i.js",
    ];
    let long = format!("node_modules/{}/i.js", "a".repeat(10_000));
    let quoted: Vec<_> = sources.iter().copied().chain([long.as_str()]).map(|source| format!("\"{source}\"")).collect();
    let map = format!(r#"{{"version":3,"sources":[{},null,5,{{}}],"mappings":"AAAA"}}"#, quoted.join(","));
    let bundle = padded("\n//# sourceMappingURL=i.js.map");
    let found = taken(&[("i.js", bundle.as_bytes()), ("i.js.map", map.as_bytes())]);
    assert_eq!(found.value.components, [], "{:?}", found.gaps);
}

/// Pieces of bundles and maps.
fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        HELPER,
        "// node_modules/a/i.js\n",
        "\"node_modules/@s/b/j.js\"(exports, module) {",
        "  !*** ./node_modules/c/k.js ***!\n",
        "eval(\"x\\n//# sourceURL=webpack://x/./node_modules/d/l.js?\")",
        "//# sourceMappingURL=index.js.map\n",
        "//# sourceMappingURL=data:application/json;base64,eyJ",
        "//# sourceMappingURL=data:application/json,%7B%22sou",
        "{\"version\":3,\"sources\":[",
        "\"node_modules/.pnpm/e@1.0.0/node_modules/e/m.js\",",
        "],\"sourcesContent\":[",
        "],\"mappings\":\"AAAA\"}",
        "{\"sections\":[{\"map\":",
        "{name:\"f\",version:\"1.0.0\",main:\"x\",license:\"MIT\"}",
        "JSON.parse('{\"name\":\"g\",\"version\":\"1",
        "/*! Bundled license information:\n\nh/i.js:\n  (*! h v1.0.0 *)\n",
        "/*! axios v1.0.0",
        "*/",
        "\\",
        "\"",
        "'",
        "`${",
        "}",
        "Unsupported core-js use. Try https://npms.io/search?q=ponyfill.",
        "\u{e9}\u{1f600}",
        ",",
    ]);
    prop::collection::vec(fragment, 0..60).prop_map(|fragments| fragments.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_in_a_bundle_and_its_map_do_no_harm(
        code in prop::collection::vec(any::<u8>(), 0..600),
        map in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let link = [HELPER.as_bytes(), &code, b"\n//# sourceMappingURL=index.js.map"].concat();
        let inline = [&link, b"\n//# sourceMappingURL=data:;base64,".as_slice(), &map].concat();
        taken(&[("index.js", &link), ("inline.mjs", &inline), ("index.js.map", &map), ("licenses.txt", &code)]);
    }

    #[test]
    fn pieces_of_bundles_in_any_order_are_read_the_same_twice(code in fragments(), map in fragments(), cut in 0_usize..400) {
        let map = map.as_bytes();
        let cut = map.get(..cut).unwrap_or(map);
        let code = padded(&code);
        let files = [("index.js", code.as_bytes()), ("index.js.map", cut), ("index.js.LEGAL.txt", map), ("b.js", map)];
        prop_assert_eq!(taken(&files), taken(&files));
    }

    #[test]
    fn a_cut_map_is_a_gap(length in 0_usize..120) {
        let map = r#"{"version":3,"sources":["node_modules/a/i.js","node_modules/b/i.js"],"names":[],"mappings":"AAAA;AACA,CAAC","file":"index.js"}"#;
        let bundle = padded("\n//# sourceMappingURL=index.js.map");
        let found = taken(&[("index.js", bundle.as_bytes()), ("index.js.map", &map.as_bytes()[..length])]);
        prop_assert!(!found.gaps.is_empty());
    }
}
