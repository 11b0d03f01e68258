//! JVM packages: jars, merged jars, loose classes, runtimes, locks and manifests.

use artifact::{Artifact, Limits, Root};
use inventory::{Setting, take};
use proptest::prelude::*;
use testkit::zip::ZipBuilder;

use crate::{check, inventory_of, render};

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    files.iter().fold(ZipBuilder::new(), |zip, (path, bytes)| zip.file(path, bytes)).write()
}

/// The inventory of a zip of these files.
fn scan(files: &[(&str, &[u8])]) -> Vec<String> {
    let folder = testkit::folder(&[("fn.zip", &zip(files))]);
    let artifact = Artifact::open(&[Root::function(folder.path().join("fn.zip"), "fn.zip")], &Limits::default()).value;
    render(&take(&artifact, &Setting::default()))
}

/// The inventory of a zip that holds one jar in `lib`; classes are empty files, since only their names are read.
#[track_caller]
fn check_jar(name: &str, files: &[(&str, &str)], expected: &[&str]) {
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    assert_eq!(scan(&[(&format!("lib/{name}"), &zip(&files))]), expected, "left: found, right: expected");
}

const GSON: [(&str, &str); 5] = [
    ("com/google/gson/Gson.class", ""),
    ("com/google/gson/JsonArray.class", ""),
    ("com/google/gson/JsonNull.class", ""),
    ("com/google/gson/Strictness.class", ""),
    ("com/google/gson/JsonObject.class", ""),
];
const GSON_PROPERTIES: (&str, &str) = (
    "META-INF/maven/com.google.code.gson/gson/pom.properties",
    "version=2.8.9\ngroupId=com.google.code.gson\nartifactId=gson\n",
);

fn with<'a>(files: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [files, more].concat()
}

#[test]
fn a_jar_is_one_component_however_much_it_says_of_itself() {
    let manifest = ("META-INF/MANIFEST.MF", "Bundle-SymbolicName: com.google.gson\nBundle-Version: 2.8.9\n");
    check_jar(
        "gson-2.8.9.jar",
        &with(&GSON, &[GSON_PROPERTIES, manifest]),
        &[
            "pkg:maven/com.google.code.gson/gson@2.8.9: i fn.zip!/lib/gson-2.8.9.jar!/META-INF/maven/com.google.code.gson/gson/pom.properties",
        ],
    );
}

#[test]
fn classes_and_the_name_of_the_file_identify_a_jar_without_notes() {
    check_jar("gson-2.8.9.jar", &GSON, &["pkg:maven/com.google.code.gson/gson@2.8.9: r fn.zip!/lib/gson-2.8.9.jar"]);
    check_jar(
        "renamed.jar",
        &with(&GSON, &[("META-INF/MANIFEST.MF", "Implementation-Title: gson\nImplementation-Version: 2.8.9\n")]),
        &["pkg:maven/com.google.code.gson/gson@2.8.9: r fn.zip!/lib/renamed.jar!/com/google/gson/Gson.class"],
    );
}

#[test]
fn a_version_is_not_taken_from_the_name_of_another_artifact() {
    check_jar(
        "all-3.0.jar",
        &GSON,
        &[
            "pkg:maven/com.google.code.gson/gson (unknown): r fn.zip!/lib/all-3.0.jar!/com/google/gson/Gson.class",
            "gap fn.zip!/lib/all-3.0.jar: nothing says which version of `com.google.code.gson:gson` this is; keep the `pom.properties` of merged jars, and name jars `ARTIFACT-VERSION.jar`",
        ],
    );
}

#[test]
fn notes_without_their_classes_are_no_component() {
    let stale =
        ("META-INF/maven/org.yaml/snakeyaml/pom.properties", "version=1.30\ngroupId=org.yaml\nartifactId=snakeyaml\n");
    let unknown =
        ("META-INF/maven/com.example/stale/pom.properties", "version=1\ngroupId=com.example\nartifactId=stale\n");
    check_jar(
        "app.jar",
        &with(&GSON, &[GSON_PROPERTIES, stale, unknown]),
        &[
            "pkg:maven/com.google.code.gson/gson@2.8.9: i fn.zip!/lib/app.jar!/META-INF/maven/com.google.code.gson/gson/pom.properties",
            "gap fn.zip!/lib/app.jar: none of the classes of `com.example:stale`, `org.yaml:snakeyaml` were found beside the notes that the build left, so they are not counted; if their classes are in here under other names, build without shading and scan again",
        ],
    );
}

#[test]
fn the_project_itself_is_known_by_the_classes_of_its_group() {
    const PATH: &str = "META-INF/maven/helloworld/HelloWorldFunction/pom.properties";
    const TEXT: &str = "groupId=helloworld\nartifactId=HelloWorldFunction\nversion=1.0\n";
    let gson = "pkg:maven/com.google.code.gson/gson@2.8.9: i fn.zip!/lib/fn.jar!/META-INF/maven/com.google.code.gson/gson/pom.properties";
    let own = "pkg:maven/helloworld/HelloWorldFunction@1.0: i fn.zip!/lib/fn.jar!/META-INF/maven/helloworld/HelloWorldFunction/pom.properties";
    let project = [(PATH, TEXT), ("helloworld/App.class", "")];
    check_jar("fn.jar", &with(&GSON, &with(&project, &[GSON_PROPERTIES])), &[gson, own]);
    check_jar("fn.jar", &project, &[own]);
}

#[test]
fn classes_that_a_library_accounts_for_prove_no_other_note_of_its_group() {
    let other = (
        "META-INF/maven/com.google.code.gson/extras/pom.properties",
        "groupId=com.google.code.gson\nartifactId=extras\nversion=1\n",
    );
    let google =
        ("META-INF/maven/com.google/telescope/pom.properties", "groupId=com.google\nartifactId=telescope\nversion=1\n");
    check_jar(
        "fn.jar",
        &with(&GSON, &[GSON_PROPERTIES, other, google]),
        &[
            "pkg:maven/com.google.code.gson/gson@2.8.9: i fn.zip!/lib/fn.jar!/META-INF/maven/com.google.code.gson/gson/pom.properties",
            "gap fn.zip!/lib/fn.jar: none of the classes of `com.google.code.gson:extras`, `com.google:telescope` were found beside the notes that the build left, so they are not counted; if their classes are in here under other names, build without shading and scan again",
        ],
    );
}

#[test]
fn relocated_classes_keep_their_component_and_are_its_evidence() {
    let moved: Vec<(String, &str)> = GSON.iter().map(|(path, text)| (format!("my/shaded/{path}"), *text)).collect();
    let mut files: Vec<(&str, &str)> = moved.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    files.push(GSON_PROPERTIES);
    check_jar(
        "app.jar",
        &files,
        &[
            "pkg:maven/com.google.code.gson/gson@2.8.9: i fn.zip!/lib/app.jar!/META-INF/maven/com.google.code.gson/gson/pom.properties r fn.zip!/lib/app.jar!/my/shaded/com/google/gson/Gson.class",
        ],
    );
}

#[test]
fn loose_classes_and_jars_inside_jars_are_read() {
    let gson: Vec<(&str, &[u8])> =
        GSON.iter().chain([&GSON_PROPERTIES]).map(|(path, text)| (*path, text.as_bytes())).collect();
    let jar = zip(&gson);
    assert_eq!(
        scan(&gson),
        [
            "pkg:maven/com.google.code.gson/gson@2.8.9: i fn.zip!/META-INF/maven/com.google.code.gson/gson/pom.properties"
        ]
    );
    let boot = zip(&[("BOOT-INF/classes/com/example/App.class", b""), ("BOOT-INF/lib/gson-2.8.9.jar", &jar)]);
    let found = scan(&[("app.jar", &boot)]);
    assert!(
        found.iter().any(|line| line.starts_with("pkg:maven/com.google.code.gson/gson@2.8.9: i fn.zip!/app.jar!/BOOT-INF/lib/")),
        "{found:?}"
    );
}

#[test]
fn jars_inside_a_hundred_jars_end_in_a_gap() {
    let mut jar = zip(&[("com/example/App.class", b"")]);
    for _ in 0..100 {
        jar = zip(&[("inner.jar", &jar)]);
    }
    let folder = testkit::folder(&[("fn.zip", &jar)]);
    let opened = Artifact::open(&[Root::function(folder.path().join("fn.zip"), "fn.zip")], &Limits::default());
    assert!(opened.gaps.iter().any(|gap| gap.why.contains("inside too many others")), "{:?}", opened.gaps);
}

#[test]
fn jars_that_nothing_identifies_are_gaps() {
    check_jar(
        "mystery.jar",
        &[("a/b/C.class", ""), ("META-INF/MANIFEST.MF", "Implementation-Title: Mystery\nImplementation-Version: 7\n")],
        &[
            "gap fn.zip!/lib/mystery.jar: nothing says which Maven artifact this jar is (its manifest says `Mystery 7`); if it is not your own code, use the published jar with its `pom.properties`",
        ],
    );
}

#[test]
fn packages_of_merged_jars_that_nothing_names_are_one_gap() {
    let notes = ("META-INF/maven/com.acme/app/pom.properties", "version=1\ngroupId=com.acme\nartifactId=app\n");
    let merged = [
        notes,
        ("com/acme/App.class", ""),
        ("com/acme/util/Text.class", ""),
        ("org/aopalliance/aop/Advice.class", ""),
        ("org/unknown/a/A.class", ""),
        ("org/unknown/a/b/B.class", ""),
    ];
    let files: Vec<_> = with(&with(&GSON, &[GSON_PROPERTIES]), &merged);
    let gaps = |name: &str, files: &[(&str, &str)]| {
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        let lines = scan(&[(name, &zip(&files))]);
        lines.into_iter().filter(|line| line.starts_with("gap")).collect::<Vec<_>>()
    };
    let why = "if they are not your own code, keep the `pom.properties` of what is merged";
    assert_eq!(
        gaps("app-1.jar", &files),
        [format!(
            "gap fn.zip!/app-1.jar: classes of 2 packages that nothing names: `org.aopalliance.aop`, `org.unknown.a`; {why}"
        )]
    );
    // Nothing tells the project's own package from others, but there is only one author.
    let own = with(&with(&GSON, &[GSON_PROPERTIES]), &[("com/acme/App.class", ""), ("com/acme/b/B.class", "")]);
    assert!(gaps("fn.jar", &own).is_empty());
    assert!(gaps("gson-2.8.9.jar", &with(&GSON, &[GSON_PROPERTIES, ("com/google/gson/x/Y.class", "")])).is_empty());
}

#[test]
fn java_runtimes_are_components() {
    check(
        &[
            ("jre/release", "JAVA_VERSION=\"17.0.9\"\nIMPLEMENTOR_VERSION=\"Corretto-17.0.9.8.1\"\n"),
            ("x/release", "1.0\n"),
        ],
        &["pkg:generic/corretto@17.0.9.8.1: i jre/release"],
    );
}

#[test]
fn gradle_locks_tell_what_ships() {
    check(
        &[(
            "gradle.lockfile",
            "# comment\norg.yaml:snakeyaml:1.30=compileClasspath,runtimeClasspath\njunit:junit:4.13=testRuntimeClasspath\nbroken\nempty=\n",
        )],
        &[
            "pkg:maven/junit/junit@4.13 development: l gradle.lockfile:3",
            "pkg:maven/org.yaml/snakeyaml@1.30: l gradle.lockfile:2",
            "gap gradle.lockfile:4: cannot read `broken` as `GROUP:ARTIFACT:VERSION=CONFIGURATIONS`; write the lock anew",
        ],
    );
}

#[test]
fn poms_are_read_with_properties_parents_and_scopes() {
    let parent = "<project><groupId>com.acme</groupId><artifactId>parent</artifactId><version>1</version><properties><y>1.30</y></properties>\
        <dependencyManagement><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId><version>[1,2)</version></dependency></dependencies></dependencyManagement></project>";
    let child = "<project>\n<parent><groupId>com.acme</groupId><artifactId>parent</artifactId><version>1</version></parent>\n<artifactId>fn</artifactId><dependencies>\n\
        <dependency><groupId>org.yaml</groupId><artifactId>snakeyaml</artifactId><version>${y}</version></dependency>\n\
        <dependency><groupId>a</groupId><artifactId>b</artifactId></dependency>\n\
        <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4</version><scope>test</scope></dependency>\n\
        <dependency><groupId>com.acme</groupId><artifactId>parent</artifactId><version>1</version></dependency>\n</dependencies></project>";
    let parsed = inventory_of(&[("pom.xml", parent), ("fn/pom.xml", child)], None);
    assert_eq!(
        render(&parsed)[..5],
        [
            "pkg:maven/a/b ([1,2)) direct: d fn/pom.xml:5",
            "pkg:maven/com.acme/fn@1 project: d fn/pom.xml",
            "pkg:maven/com.acme/parent@1 project: d pom.xml",
            "pkg:maven/junit/junit@4 development direct: d fn/pom.xml:6",
            "pkg:maven/org.yaml/snakeyaml@1.30 direct: d fn/pom.xml:4",
        ]
    );
}

#[test]
fn poms_whose_versions_lie_elsewhere_say_where() {
    let pom = "<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3</version><relativePath/></parent>\
        <artifactId>fn</artifactId><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId></dependency></dependencies></project>";
    let lines = render(&inventory_of(&[("pom.xml", pom)], None));
    assert!(
        lines.iter().any(|line| line.contains("managed by `org.springframework.boot:spring-boot-starter-parent`")),
        "{lines:?}"
    );
}

#[test]
fn builds_that_are_not_read_are_gaps() {
    check(
        &[("build.sbt", "")],
        &["gap build.sbt: what sbt builds with is not read from `build.sbt`; build the jar and scan that"],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,200}|[<>/a-z\\n=:\\\\{}$\\[\\], ]{0,200}") {
        for path in [
            "META-INF/maven/g/a/pom.properties", "META-INF/MANIFEST.MF", "pom.xml", "gradle.lockfile", "jre/release",
            "META-INF/maven/g/a/pom.xml",
        ] {
            inventory_of(&[(path, &text)], None);
        }
    }

    #[test]
    fn cut_and_changed_files_are_read_without_panic(cut in 0_usize..400, at in 0_usize..400, byte in any::<u8>()) {
        let pom = b"<project><parent><groupId>a</groupId></parent><dependencies><dependency><groupId>org.yaml</groupId><artifactId>b</artifactId><version>${x}</version></dependency></dependencies></project>";
        let mut bytes = pom.get(..cut.min(pom.len())).unwrap_or_default().to_vec();
        if let Some(slot) = bytes.get_mut(at) {
            *slot = byte;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        inventory_of(&[("pom.xml", &text), ("META-INF/MANIFEST.MF", &text), ("gradle.lockfile", &text)], None);
    }
}
