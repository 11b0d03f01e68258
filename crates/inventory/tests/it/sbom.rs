//! Bills of materials inside artifacts and by themselves.

use artifact::Artifact;
use inventory::{Setting, take};
use model::Location;
use model::component::{Component, Evidence, EvidenceKind, Linked, Origin, Presence, Reach, Version};
use model::recall;
use proptest::prelude::*;

use crate::{check, inventory_of, render};

const CYCLONEDX: &str = r#"{
  "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
  "metadata": {"component": {"bom-ref": "root", "type": "application", "name": "shop", "purl": "pkg:npm/shop@1.0.0"}},
  "components": [
    {"bom-ref": "a", "type": "library", "group": "@scope", "name": "a", "version": "2.0.0", "purl": "pkg:npm/%40scope/a@2.0.0",
     "components": [{"bom-ref": "a-inner", "type": "library", "name": "inner", "purl": "pkg:npm/inner@0.1.0"}]},
    {"bom-ref": "b", "type": "library", "name": "b", "version": "1.2.3", "purl": "pkg:npm/b@1.2.3"},
    {"bom-ref": "dev", "type": "library", "name": "dev", "purl": "pkg:npm/dev@3.0.0", "scope": "excluded"},
    {"bom-ref": "conda", "type": "library", "name": "numpy", "purl": "pkg:conda/numpy@1.26.0?build=py311#sub"},
    {"bom-ref": "ssl", "type": "library", "name": "openssl", "version": "3.0.13", "purl": "pkg:rpm/amzn/openssl@3.0.13-1.amzn2023?arch=x86_64&epoch=1&upstream=openssl-3.0.13-1.amzn2023.src.rpm"},
    {"bom-ref": "os", "type": "operating-system", "name": "amzn", "version": "2023"},
    {"bom-ref": "file", "type": "file", "name": "/etc/passwd"},
    {"bom-ref": "plain", "type": "library", "name": "legacy", "version": "7"},
    {"bom-ref": "broken", "type": "library", "name": "odd", "purl": "npm/odd"},
    {"type": "library"}, "x"
  ],
  "dependencies": [
    {"ref": "root", "dependsOn": ["a", "os"]}, {"ref": "a", "dependsOn": ["b", "nowhere"]}, {"ref": "os", "dependsOn": ["ssl"]}
  ]
}"#;

#[test]
fn reads_cyclonedx() {
    check(
        &[("bom.json", CYCLONEDX)],
        &[
            "pkg:conda/numpy@1.26.0?build=py311: b bom.json",
            "pkg:generic/legacy@7: b bom.json",
            "pkg:generic/odd (unknown): b bom.json",
            "pkg:npm/%40scope/a@2.0.0 direct: b bom.json",
            "pkg:npm/b@1.2.3 < @scope/a: b bom.json",
            "pkg:npm/dev@3.0.0 development: b bom.json",
            "pkg:npm/inner@0.1.0 < @scope/a: b bom.json",
            "pkg:npm/shop@1.0.0 project: b bom.json",
            "pkg:rpm/amzn/openssl@3.0.13-1.amzn2023?arch=x86_64&epoch=1&upstream=openssl-3.0.13-1.amzn2023.src.rpm direct: b bom.json",
            "gap bom.json: `legacy` without a package URL: listed by name, not checked for vulnerabilities; have package URLs written",
            "gap bom.json: `npm/odd` cannot be read as package URLs: have them written anew",
            "gap bom.json: entries with neither name nor package URL (2), which are not listed: write the bill anew",
        ],
    );
    let found = inventory_of(&[("bom.json", CYCLONEDX)], None).value.components;
    let openssl = found.iter().find(|component| component.name == "openssl").unwrap();
    let system = openssl.system.as_ref().unwrap();
    assert_eq!((system.distribution.as_deref(), system.architecture.as_deref()), (Some("amzn-2023"), Some("x86_64")));
    assert_eq!(system.source.as_ref().unwrap().version.as_deref(), Some("1:3.0.13-1.amzn2023"));
}

#[test]
fn says_that_a_bill_calls_itself_incomplete() {
    let advice = "have it written anew where everything can be read, or scan the package itself";
    let parts = r#""bomFormat": "CycloneDX", "components": [{"bom-ref": "a", "name": "a", "purl": "pkg:npm/a@1.0.0"}]"#;
    let incomplete = r#""compositions": [{"aggregate": "incomplete", "assemblies": ["a"]}]"#;
    let why = format!("gap bom.json: the bill says of itself that it is not complete; {advice}");
    check(&[("bom.json", &format!("{{{parts}, {incomplete}}}"))], &["pkg:npm/a@1.0.0: b bom.json", &why]);
    let note = r#""annotations": [{"text": "not complete: b.zip: cut off"}, {"text": "checked by Kim"}]"#;
    let why = format!("gap bom.json: the bill says of itself that it is not complete: b.zip: cut off; {advice}");
    check(&[("bom.json", &format!("{{{parts}, {incomplete}, {note}}}"))], &["pkg:npm/a@1.0.0: b bom.json", &why]);
    let complete = r#""compositions": [{"aggregate": "complete", "assemblies": ["a"]}, {"aggregate": "incomplete"}]"#;
    check(&[("bom.json", &format!("{{{parts}, {complete}}}"))], &["pkg:npm/a@1.0.0: b bom.json"]);
    let spdx = r#"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT",
        "annotations": [{"comment": "fnassay:gap=b.zip: cut off"}],
        "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "annotations": [{"comment": "fnassay:gap=c: damaged"}],
        "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/a@1.0.0"}]}]}"#;
    let why = format!(
        "gap a.spdx.json: the bill says of itself that it is not complete: b.zip: cut off; c: damaged; {advice}"
    );
    check(&[("a.spdx.json", spdx)], &["pkg:npm/a@1.0.0: b a.spdx.json", &why]);
}

#[test]
fn reads_spdx_2() {
    let bill = r#"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": [
        {"SPDXID": "root", "name": "app", "versionInfo": "NOASSERTION"},
        {"SPDXID": "a", "name": "Flask", "versionInfo": "3.0.0", "externalRefs": [
            {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:x"},
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:pypi/Flask@3.0.0"}]},
        {"SPDXID": "b", "name": "jinja2", "versionInfo": "3.1", "externalRefs": [
            {"referenceType": "purl", "referenceLocator": "pkg:pypi/jinja2"}]},
        {"SPDXID": "c", "name": "pytest", "versionInfo": "8", "externalRefs": [
            {"referenceType": "http://spdx.org/rdf/references/purl", "referenceLocator": "pkg:pypi/pytest@8"}]}],
      "relationships": [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "root"},
        {"spdxElementId": "root", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "a"},
        {"spdxElementId": "b", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "a"},
        {"spdxElementId": "c", "relationshipType": "DEV_DEPENDENCY_OF", "relatedSpdxElement": "root"}]}"#;
    let expected = [
        "pkg:pypi/flask@3.0.0 direct: b a.spdx.json",
        "pkg:pypi/jinja2@3.1 < flask: b a.spdx.json",
        "pkg:pypi/pytest@8 development direct: b a.spdx.json",
    ];
    check(&[("a.spdx.json", bill)], &expected);
    check(&[("a.spdx.json", &format!("{{\"sbom\": {bill}}}"))], &expected);
}

#[test]
fn reads_spdx_3() {
    let bill = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
        {"type": "SpdxDocument", "spdxId": "doc", "rootElement": ["root"]},
        {"type": "software_Package", "spdxId": "root", "name": "app", "software_packageUrl": "pkg:npm/app@1"},
        {"type": "software_Package", "spdxId": "a", "name": "a", "software_packageVersion": "2",
         "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": "pkg:npm/a"}]},
        {"type": "software_Package", "spdxId": "t", "name": "t", "software_packageUrl": "pkg:npm/t@3"},
        {"type": "Relationship", "from": "root", "to": ["a"], "relationshipType": "dependsOn"},
        {"type": "LifecycleScopedRelationship", "from": "root", "to": ["t"], "relationshipType": "dependsOn", "scope": "test"}]}"#;
    check(
        &[("a.spdx3.json", bill)],
        &[
            "pkg:npm/a@2 direct: b a.spdx3.json",
            "pkg:npm/app@1 project: b a.spdx3.json",
            "pkg:npm/t@3 development direct: b a.spdx3.json",
        ],
    );
}

#[test]
fn bills_that_are_not_read_are_gaps() {
    let xml = "<?xml version=\"1.0\"?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"/>";
    let cases = [
        (
            "bom.xml",
            xml,
            "gap bom.xml: a bill of materials, CycloneDX XML, which is not read: convert it to CycloneDX or SPDX JSON",
        ),
        (
            "a.spdx",
            "SPDXVersion: SPDX-2.3\n",
            "gap a.spdx: a bill of materials, SPDX tag-value, which is not read: convert it to CycloneDX or SPDX JSON",
        ),
        (
            "a.cdx.json",
            "{\"a\": 1}",
            "gap a.cdx.json: named like a bill of materials, but neither CycloneDX nor SPDX: write it anew, or give it another name",
        ),
        (
            "sbom.syft.json",
            "{\"artifactRelationships\": []}",
            "gap sbom.syft.json: a bill of materials in syft's own form, which is not read: write it as CycloneDX or SPDX JSON",
        ),
    ];
    for (name, text, expected) in cases {
        check(&[(name, text), ("other.txt", "")], &[expected]);
    }
    let broken = inventory_of(&[("bom.json", "{\"bomFormat\": \"CycloneDX\", \"components\": [")], None);
    assert!(broken.gaps[0].why.starts_with("cannot read the bill of materials: EOF"), "{:?}", broken.gaps);
    // Data that only has the name.
    check(&[("bom.json", "{\"parts\": []}"), ("other.txt", "")], &[]);
}

#[test]
fn a_bill_by_itself_needs_no_name() {
    let bill = r#"{"bomFormat": "CycloneDX", "components": [{"name": "a", "purl": "pkg:npm/a@1"}]}"#;
    check(&[("report.json", bill)], &["pkg:npm/a@1: b report.json"]);
    check(&[("report.json", bill), ("other.txt", "")], &[]);
}

#[test]
fn what_is_installed_and_listed_is_one_component() {
    let bill = r#"{"bomFormat": "CycloneDX", "components": [
        {"name": "a", "purl": "pkg:pypi/a@1.0"}, {"name": "b", "purl": "pkg:pypi/b@2"}]}"#;
    check(
        &[("a-1.0.dist-info/METADATA", "Name: a\nVersion: 1.0\n\n"), ("bom.json", bill)],
        &["pkg:pypi/a@1.0: i a-1.0.dist-info/METADATA b bom.json", "pkg:pypi/b@2: b bom.json"],
    );
}

/// A component with everything that a bill of ours says of it.
fn component(name: &str, version: Version, origin: Origin) -> Component {
    let purl = version.exact().map_or_else(|| format!("pkg:npm/{name}"), |exact| format!("pkg:npm/{name}@{exact}"));
    Component {
        ecosystem: "npm",
        name: name.to_owned(),
        version,
        purl,
        evidence: vec![
            Evidence { location: Location::line("package.json", 4), kind: EvidenceKind::Declared },
            Evidence { location: Location::file("z.zip!/node_modules/a/package.json"), kind: EvidenceKind::Installed },
        ],
        origin,
        reach: Reach::Imported,
        presence: Presence::Absent,
        parents: vec!["b".to_owned()],
        direct: None,
        system: None,
        owner: Some("pkg:deb/debian/x@1".to_owned()),
        linked: Some(Linked { symbols: vec!["x.Y".to_owned()] }),
    }
}

#[test]
fn our_own_bill_gives_the_components_it_was_made_of() {
    let exact = Version::Exact("1.0.0".to_owned());
    let components = [
        component("a", Version::Range("^1.0.0".to_owned()), Origin::Function),
        component("a", exact.clone(), Origin::Function),
        component("a", exact.clone(), Origin::Layer("shared".to_owned())),
        Component { presence: Presence::Project, parents: Vec::new(), ..component("app", exact, Origin::Function) },
    ];
    let imports = ["a".to_owned()];
    let properties = |component: &Component| -> Vec<(&str, String)> { recall::properties(component, &imports) };
    let entries: Vec<String> = components
        .iter()
        .map(|component| {
            let properties: Vec<String> = properties(component)
                .iter()
                .map(|(name, value)| format!("{{\"name\": {name:?}, \"value\": {value:?}}}"))
                .collect();
            let properties = properties.join(", ");
            format!(
                "{{\"name\": {:?}, \"purl\": {:?}, \"properties\": [{properties}]}}",
                component.name, component.purl
            )
        })
        .collect();
    let cyclonedx = format!("{{\"bomFormat\": \"CycloneDX\", \"components\": [{}]}}", entries.join(", "));
    let packages: Vec<String> = components
        .iter()
        .map(|component| {
            let notes: Vec<String> = properties(component)
                .iter()
                .map(|(name, value)| format!("{{\"comment\": \"{name}={value}\"}}"))
                .collect();
            format!(
                "{{\"name\": {:?}, \"externalRefs\": [{{\"referenceType\": \"purl\", \"referenceLocator\": {:?}}}], \"annotations\": [{}]}}",
                component.name,
                component.purl,
                notes.join(", ")
            )
        })
        .collect();
    let spdx = format!("{{\"spdxVersion\": \"SPDX-2.3\", \"packages\": [{}]}}", packages.join(", "));
    for text in [cyclonedx, spdx] {
        let found = inventory_of(&[("own.json", &text)], None);
        assert_eq!(found.value.components, components, "{text}");
        assert!(found.value.import_names.iter().all(|names| *names == imports));
        assert!(found.gaps.is_empty(), "{:?}", found.gaps);
    }
}

#[test]
fn a_bill_that_a_package_brings_does_not_speak_for_the_scan() {
    let bill = r#"{"bomFormat": "CycloneDX", "components": [{"name": "a", "purl": "pkg:npm/a@1", "properties": [
        {"name": "fnassay:presence", "value": "project"}, {"name": "fnassay:evidence", "value": "installed elsewhere"}]}]}"#;
    check(&[("bom.json", bill), ("x.txt", "")], &["pkg:npm/a@1: b bom.json"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_and_any_mutation_end_in_a_report(
        bytes in prop::collection::vec(any::<u8>(), 0..256),
        end in 0..CYCLONEDX.len(),
        at in 0..CYCLONEDX.len(),
        byte in any::<u8>(),
    ) {
        let mut mutated = CYCLONEDX.as_bytes().to_vec();
        mutated[at] = byte;
        let shift = CYCLONEDX.replace("npm", "%%%?@#");
        for text in [&bytes[..], &CYCLONEDX.as_bytes()[..end], &mutated, shift.as_bytes()] {
            for name in ["bom.json", "a.spdx.json", "a-1.dist-info/sboms/x.json"] {
                let artifact = Artifact::from_memory([(name, text)]);
                let _ = render(&take(&artifact, &Setting::default()));
            }
        }
    }
}
