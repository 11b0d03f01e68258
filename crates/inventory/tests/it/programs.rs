//! Compiled programs: what was linked into them. The programs are headers and sections made here; real ones weigh megabytes.

use artifact::Artifact;
use inventory::{Inventory, Setting, take};
use model::Parsed;
use proptest::prelude::*;

use crate::render;

/// A 64-bit little-endian ELF program with these sections, all loaded as data.
fn elf(sections: &[(&str, &[u8])]) -> Vec<u8> {
    const HEADER_BYTES: usize = 64;
    let mut names = vec![0];
    let mut body = Vec::new();
    let mut rows = vec![[0_u64; 4]];
    for (name, bytes) in sections {
        body.resize(body.len().next_multiple_of(16), 0);
        rows.push([names.len() as u64, 2, (HEADER_BYTES + body.len()) as u64, bytes.len() as u64]);
        names.extend(name.as_bytes());
        names.push(0);
        body.extend_from_slice(bytes);
    }
    rows.push([0, 0, (HEADER_BYTES + body.len()) as u64, names.len() as u64]);
    body.extend_from_slice(&names);
    // Smaller files are taken for something else.
    body.resize(body.len().max(5_000).next_multiple_of(16), 0);
    let mut file = b"\x7fELF\x02\x01\x01".to_vec();
    file.resize(16, 0);
    file.extend([2, 0, 62, 0, 1, 0, 0, 0]);
    for word in [0, 0, (HEADER_BYTES + body.len()) as u64] {
        file.extend(word.to_le_bytes());
    }
    file.extend(0_u32.to_le_bytes());
    for half in [HEADER_BYTES, 56, 0, 64, rows.len(), rows.len() - 1] {
        file.extend(u16::try_from(half).unwrap().to_le_bytes());
    }
    file.extend(body);
    for [name, flags, offset, size] in rows {
        file.extend(u32::try_from(name).unwrap().to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        for word in [flags, 0, offset, size] {
            file.extend(word.to_le_bytes());
        }
        file.extend([0; 24]);
    }
    file
}

/// Go's build information as Go 1.18 and later write it.
fn build_info(toolchain: &str, lines: &str) -> Vec<u8> {
    let mut blob = b"\xff Go buildinf:\x08\x02".to_vec();
    blob.resize(32, 0);
    let framed = format!("0123456789abcdef{lines}0123456789abcdef");
    for text in [toolchain, &framed] {
        let mut length = text.len();
        while length >= 0x80 {
            blob.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        blob.push(u8::try_from(length).unwrap());
        blob.extend(text.as_bytes());
    }
    blob
}

/// Go's table of functions as Go 1.20 and later write it, with names only.
fn function_table(names: &[&str]) -> Vec<u8> {
    let names = names.join("\0") + "\0";
    let mut table = b"\xf1\xff\xff\xff\0\0\x01\x08".to_vec();
    for word in [1, 1, 0, 72, 72 + names.len(), 0, 0, 0] {
        table.extend((word as u64).to_le_bytes());
    }
    table.extend(names.bytes());
    table
}

/// `bytes` as zlib stores what it does not compress.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let mut packed = vec![0x78, 1, 1];
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(bytes);
    packed.extend((b << 16 | a).to_be_bytes());
    packed
}

fn inventory_of(path: &str, bytes: &[u8]) -> Parsed<Inventory> {
    take(&Artifact::from_memory([(path, bytes)]), &Setting::default())
}

fn check(path: &str, bytes: &[u8], expected: &[&str]) {
    assert_eq!(render(&inventory_of(path, bytes)), expected, "left: found, right: expected");
}

const MODULES: &str = "path\texample.com/orders\nmod\texample.com/orders\t(devel)\t\ndep\tgithub.com/a/b\tv1.0.0\n=>\tgithub.com/fork/b\tv1.0.1\th1:y=\n\
                       dep\tgithub.com/c/d/v2\tv2.0.0+incompatible\th1:z=\ndep\tgithub.com/e/f\tv1.0.0\n=>\t./f\t\t\n";

fn go_program() -> Vec<u8> {
    let names = [
        "main.main",
        "main.main.func1",
        "net/http.(*Client).Do",
        "github.com/a/b/x%2ey.Parse",
        "github.com/c/d/v2.T.Get",
    ];
    elf(&[(".go.buildinfo", &build_info("go1.21.5", MODULES)), (".gopclntab", &function_table(&names))])
}

#[test]
fn go_programs_state_their_modules_and_toolchain() {
    check(
        "bootstrap",
        &go_program(),
        &[
            "pkg:golang/example.com/orders (unknown) project: i bootstrap",
            "pkg:golang/github.com/c/d/v2@v2.0.0%2Bincompatible: i bootstrap",
            "pkg:golang/github.com/e/f (unknown): i bootstrap",
            "pkg:golang/github.com/fork/b@v1.0.1: i bootstrap",
            "pkg:golang/stdlib@1.21.5: i bootstrap",
        ],
    );
}

#[test]
fn functions_are_named_as_advisories_name_them() {
    let found = inventory_of("extensions/agent", &go_program()).value.components;
    let symbols: Vec<_> = found
        .iter()
        .map(|component| (component.name.as_str(), component.linked.as_ref().unwrap().symbols.join(" ")))
        .collect();
    let expected = [
        ("example.com/orders", "example.com/orders.main"),
        ("github.com/c/d/v2", "github.com/c/d/v2.T.Get"),
        ("github.com/e/f", ""),
        ("github.com/fork/b", "github.com/fork/b/x.y.Parse"),
        ("stdlib", "net/http.Client.Do"),
    ];
    assert_eq!(symbols, expected.map(|(name, symbols)| (name, symbols.to_owned())));
}

#[test]
fn stripped_headers_do_not_hide_modules() {
    let mut program = elf(&[(".data", &build_info("go1.22.0 X:none", MODULES))]);
    // No table of sections: its offset, count and names.
    program[40..48].fill(0);
    program[60..64].fill(0);
    let found = inventory_of("bin/tool", &program).value.components;
    assert!(found.iter().any(|component| component.purl == "pkg:golang/stdlib@1.22.0"), "{found:?}");
}

/// Before Go 1.18 the build information points at texts, by addresses; here in a program without any section.
fn old_go_program(big_endian: bool) -> Vec<u8> {
    const BASE: u64 = 0x40_0000;
    let word = |value: u64| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let half = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let framed = format!("0123456789abcdef{MODULES}0123456789abcdef");
    let mut file = vec![0; 6_000];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"\x7fELF\x02\x01\x01");
    put(5, &[1 + u8::from(big_endian)]);
    put(32, &word(64));
    put(54, &half(56));
    put(56, &half(1));
    // One segment: the whole file.
    put(64, &if big_endian { 1_u32.to_be_bytes() } else { 1_u32.to_le_bytes() });
    put(80, &word(BASE));
    put(96, &word(6_000));
    put(128, b"\xff Go buildinf:\x08");
    put(143, &[u8::from(big_endian)]);
    put(144, &word(BASE + 256));
    put(152, &word(BASE + 272));
    for (at, text_at, text) in [(256, 512, "go1.16.4"), (272, 1_024, framed.as_str())] {
        put(at, &word(BASE + text_at));
        put(at + 8, &word(text.len() as u64));
        put(usize::try_from(text_at).unwrap(), text.as_bytes());
    }
    file
}

#[test]
fn build_information_of_old_toolchains_is_read() {
    for big_endian in [false, true] {
        let found = inventory_of("bootstrap", &old_go_program(big_endian));
        let purls: Vec<_> = found.value.components.iter().map(|component| component.purl.as_str()).collect();
        assert!(purls.contains(&"pkg:golang/stdlib@1.16.4") && purls.len() == 5, "{purls:?}");
        assert!(found.value.components.iter().all(|component| component.linked.is_none()));
    }
}

#[test]
fn auditable_programs_list_their_crates() {
    let list = br#"{"packages":[{"name":"own","version":"0.1.0","source":"local","root":true,"dependencies":[1,3]},{"name":"serde","version":"1.0.200","source":"crates.io","dependencies":[2]},{"name":"itoa","version":"1.0.1","source":"crates.io"},{"name":"cc","version":"1.0.0","source":"crates.io","kind":"build"}]}"#;
    check(
        "bootstrap",
        &elf(&[(".dep-v0", &zlib(list))]),
        &[
            "pkg:cargo/cc@1.0.0 development direct: i bootstrap",
            "pkg:cargo/itoa@1.0.1 < serde: i bootstrap",
            "pkg:cargo/own@0.1.0 project: i bootstrap",
            "pkg:cargo/serde@1.0.200 direct: i bootstrap",
        ],
    );
    let found = inventory_of("bootstrap", &elf(&[(".dep-v0", b"damaged")]));
    assert!(found.gaps.iter().any(|gap| gap.why.contains("`cargo auditable`")), "{:?}", found.gaps);
}

#[test]
fn panics_leave_names_and_versions_of_crates() {
    let texts = b"/home/u/.cargo/registry/src/index.example-6f17d22bba15001f/tokio-1.36.0/src/a.rs\0/rustc/82e1608dfa6e0b5569232559e3d385fea5a93112/library/core/src/b.rs";
    let comment = b"GCC: (x) 12\0rustc version 1.75.0 (82e1608df 2023-12-21)\0";
    let found = inventory_of("bootstrap", &elf(&[(".rodata", texts), (".comment", comment)]));
    let purls: Vec<_> = found.value.components.iter().map(|component| component.purl.as_str()).collect();
    assert_eq!(purls, ["pkg:cargo/tokio@1.36.0", "pkg:generic/rust@1.75.0"]);
    assert!(found.gaps.iter().any(|gap| gap.why.contains("cargo auditable build")), "{:?}", found.gaps);
}

#[test]
fn interpreters_and_libraries_are_told_by_their_texts() {
    let program = elf(&[(".rodata", b"\0OpenSSL 3.0.13 30 Jan 2024\0\x003.11.2\0\x003.2.0\0")]);
    check(
        "bin/python3.11",
        &program,
        &["pkg:generic/openssl@3.0.13: r bin/python3.11", "pkg:generic/python@3.11.2: r bin/python3.11"],
    );
    check("bin/other", &program, &["pkg:generic/openssl@3.0.13: r bin/other"]);
}

#[test]
fn silent_packed_and_damaged_programs_are_gaps() {
    let why =
        |bytes: &[u8]| inventory_of("bootstrap", bytes).gaps.iter().map(|gap| gap.why.clone()).collect::<String>();
    assert!(why(&elf(&[(".rodata", b"nothing")])).contains("does not state"));
    let mut packed = elf(&[]);
    packed[40..48].fill(0);
    packed[60..64].fill(0);
    packed[200..204].copy_from_slice(b"UPX!");
    assert!(why(&packed).contains("UPX"));
    let program = go_program();
    assert!(why(&program[..program.len() - 100]).contains("cut off"));
    let mut damaged = elf(&[(".go.buildinfo", &build_info("go1.21.5", MODULES)[..40])]);
    damaged.truncate(damaged.len());
    assert!(why(&damaged).contains("damaged"));
}

#[test]
fn libraries_of_packages_and_small_files_are_passed_over() {
    let program = elf(&[(".rodata", b"nothing")]);
    for path in ["node_modules/sharp/a.node", "LICENSE.txt"] {
        check(path, &program, &[]);
    }
    check("tool", b"\x7fELF", &[]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn damaged_programs_do_no_harm(cut in 0_usize..6_000, flips in prop::collection::vec((0_usize..6_000, any::<u8>()), 0..12)) {
        for mut program in [go_program(), elf(&[(".dep-v0", &zlib(b"{\"packages\":[]}")), (".rodata", b"registry/src/i/a-1.0.0/")])] {
            program.truncate(program.len().saturating_sub(cut).max(4_200));
            for (at, byte) in &flips {
                // The headers are hit more often than the padding.
                let length = program.len();
                program[if at % 2 == 0 { at % 256 } else { at % length }] = *byte;
            }
            inventory_of("bootstrap", &program);
        }
    }

    #[test]
    fn any_bytes_behind_a_magic_do_no_harm(start in prop::sample::select(vec![&b"\x7fELF\x02\x01"[..], b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe\0\0\0\x02", b"\0asm\x01\0\0\0"]), bytes in prop::collection::vec(any::<u8>(), 4_200)) {
        inventory_of("bootstrap", &[start, bytes.as_slice()].concat());
    }
}

#[test]
fn programs_that_a_distribution_records_are_covered_by_it() {
    let launcher = elf(&[(".rodata", b"nothing")]);
    let files: [(&str, &[u8]); 5] = [
        ("setuptools-1.dist-info/METADATA", b"Name: setuptools\nVersion: 1\n\n"),
        ("setuptools-1.dist-info/RECORD", b"setuptools/cli-32.exe,sha256=x,1\n../../bin/tool,sha256=x,1\n"),
        ("setuptools/cli-32.exe", &launcher),
        ("bin/tool", &launcher),
        ("setuptools/stray.exe", &launcher),
    ];
    let gaps = take(&Artifact::from_memory(files), &Setting::default()).gaps;
    let places: Vec<_> = gaps.iter().map(|gap| gap.location.file.as_str()).collect();
    assert_eq!(places, ["setuptools/stray.exe"]);
}
