//! Build scripts of Gradle, with their catalogs, properties and locks.

use proptest::prelude::*;

use crate::{check, inventory_of, render};

const ADVICE: &str =
    "build it and scan the jar with its dependencies, or write locks with `gradle dependencies --write-locks`";

/// What a script alone gives: its components, and all but the gap on what they need in turn.
#[track_caller]
fn check_script(files: &[(&str, &str)], expected: &[&str]) {
    let lines = render(&inventory_of(files, None));
    let lines: Vec<String> =
        lines.into_iter().filter(|line| !line.contains("in turn")).map(|line| line.replace(ADVICE, "ADVICE")).collect();
    assert_eq!(lines, expected, "left: found, right: expected");
}

#[test]
fn notations_of_groovy_are_read() {
    let script = "plugins { id 'java'\n id 'org.springframework.boot' version '3.2.0' }\n\
        buildscript { dependencies { classpath 'g:build:1' } }\n\
        ext { v = '1.30' }\nrepositories { maven { url 'https://repo.example' } }\n\
        dependencies {\n\
        // implementation 'g:commented:1'\n\
        implementation 'g:plain:1'\n\
        api group: 'g', name: 'map', version: '2'\n\
        runtimeOnly([group: 'g', name: 'list', version: '3'])\n\
        implementation \"g:template:$v\", \"g:braced:${v}\"\n\
        implementation('g:block:4:linux@jar') { exclude group: 'x', module: 'y' }\n\
        implementation 'g:sum:' + v\n\
        testImplementation 'g:test:5'\n\
        compileOnly 'g:compile:6'\n\
        annotationProcessor 'g:processor:7'\n\
        implementation 'g:range:[1,2)'\n\
        implementation project(':lib')\n}\n";
    check_script(
        &[("build.gradle", script), ("lib/build.gradle", "")],
        &[
            "pkg:maven/g/block@4 direct: d build.gradle:12",
            "pkg:maven/g/braced@1.30 direct: d build.gradle:11",
            "pkg:maven/g/build@1 development direct: d build.gradle:3",
            "pkg:maven/g/compile@6 development direct: d build.gradle:15",
            "pkg:maven/g/list@3 direct: d build.gradle:10",
            "pkg:maven/g/map@2 direct: d build.gradle:9",
            "pkg:maven/g/plain@1 direct: d build.gradle:8",
            "pkg:maven/g/processor@7 development direct: d build.gradle:16",
            "pkg:maven/g/range ([1,2)) direct: d build.gradle:17",
            "pkg:maven/g/sum@1.30 direct: d build.gradle:13",
            "pkg:maven/g/template@1.30 direct: d build.gradle:11",
            "pkg:maven/g/test@5 development direct: d build.gradle:14",
        ],
    );
}

#[test]
fn notations_of_kotlin_are_read() {
    let script = "plugins { kotlin(\"jvm\") version \"2.0.0\" }\nval v: String by project\nval w by extra(\"3\")\n\
        dependencies {\n\
        implementation(\"g:plain:1\")\n\
        implementation(\"g\", \"three\", \"2\")\n\
        implementation(group = \"g\", name = \"named\", version = w)\n\
        implementation(kotlin(\"stdlib\"))\n\
        implementation(libs.a.b)\n    implementation(libs.bundles.all)\n\
        \"lambda\"(\"g:custom:$v\")\n\
        add(\"runtimeOnly\", \"g:added:5\")\n\
        implementation(\"g:rich\") { version { strictly(\"[1,2[\"); prefer(\"1.5\") } }\n\
        implementation(\"g:ref:${libs.versions.x.get()}\")\n\
        testImplementation(kotlin(\"test\"))\n}\n";
    let catalog = "[versions]\nx = \"6\"\n[libraries]\na-b = \"g:alias:6\"\nc = { module = \"g:bundled\", version.ref = \"x\" }\n[bundles]\nall = [\"c\"]\n";
    check_script(
        &[("fn/build.gradle.kts", script), ("gradle/libs.versions.toml", catalog), ("gradle.properties", "v=4\n")],
        &[
            "pkg:maven/g/added@5 direct: d fn/build.gradle.kts:12",
            "pkg:maven/g/alias@6 direct: d fn/build.gradle.kts:9",
            "pkg:maven/g/bundled@6 direct: d fn/build.gradle.kts:10",
            "pkg:maven/g/custom@4 direct: d fn/build.gradle.kts:11",
            "pkg:maven/g/named@3 direct: d fn/build.gradle.kts:7",
            "pkg:maven/g/plain@1 direct: d fn/build.gradle.kts:5",
            "pkg:maven/g/ref@6 direct: d fn/build.gradle.kts:14",
            "pkg:maven/g/rich ([1,2[!!1.5) direct: d fn/build.gradle.kts:13",
            "pkg:maven/g/three@2 direct: d fn/build.gradle.kts:6",
            "pkg:maven/org.jetbrains.kotlin/kotlin-stdlib@2.0.0 direct: d fn/build.gradle.kts:8",
            "pkg:maven/org.jetbrains.kotlin/kotlin-test@2.0.0 development direct: d fn/build.gradle.kts:15",
        ],
    );
}

#[test]
fn versions_that_something_else_settles_are_taken_from_there() {
    let script = "configurations.all { resolutionStrategy { force 'g:forced:9' } }\n\
        dependencies {\n constraints { implementation('g:raised:2')\n implementation('g:kept:1') }\n\
        implementation 'g:forced:1'\nimplementation 'g:raised'\nimplementation 'g:kept:3'\n}\n\
        dependencyManagement { dependencies { dependency 'g:managed:4' } }\n\
        dependencies { implementation 'g:managed' }\n";
    check_script(
        &[("build.gradle", script)],
        &[
            "pkg:maven/g/forced@9 direct: d build.gradle:5",
            "pkg:maven/g/kept@3 direct: d build.gradle:7",
            "pkg:maven/g/managed@4 direct: d build.gradle:10",
            "pkg:maven/g/raised@2 direct: d build.gradle:6",
        ],
    );
}

#[test]
fn variables_of_the_project_reach_its_modules() {
    check_script(
        &[
            ("build.gradle", "ext.versions = [a: '1']\napply from: \"$rootDir/gradle/deps.gradle\"\n"),
            ("gradle/deps.gradle", "ext.deps = [b: 'g:b:2']\n"),
            (
                "fn/build.gradle",
                "apply from: '../gradle/deps.gradle'\ndependencies {\nimplementation \"g:a:${versions.a}\"\nimplementation deps.b\n}\n",
            ),
        ],
        &["pkg:maven/g/a@1 direct: d fn/build.gradle:3", "pkg:maven/g/b@2 direct: d fn/build.gradle:4"],
    );
}

#[test]
fn what_only_running_the_build_tells_is_one_gap() {
    check_script(
        &[(
            "build.gradle.kts",
            "dependencies {\n implementation(platform(\"g:bom:1\"))\n implementation(\"g:a\")\n implementation(call(\"x\"))\n\
             runtimeOnly(project(\":gone\"))\n implementation(libs.absent)\n implementation(fileTree(\"libs\"))\n testImplementation(other())\n}\n",
        )],
        &[
            "pkg:maven/g/a (unknown) direct: d build.gradle.kts:3",
            "gap build.gradle.kts: only running the build tells what `files(…)`, `implementation(call(\"x\"))`, `implementation(libs.absent)` and 1 more ask for, and versions are managed by `g:bom`, which is not part of the project; ADVICE",
        ],
    );
}

#[test]
fn a_lock_beside_the_script_settles_versions() {
    check(
        &[
            ("build.gradle", "dependencies { implementation 'g:a:1'\n implementation 'g:b' }\n"),
            ("gradle.lockfile", "g:a:2=runtimeClasspath\ng:b:3=runtimeClasspath\ng:c:4=runtimeClasspath\nempty=\n"),
        ],
        &[
            "pkg:maven/g/a@2 direct: d build.gradle:1 l gradle.lockfile:1",
            "pkg:maven/g/b@3 direct: d build.gradle:2 l gradle.lockfile:2",
            "pkg:maven/g/c@4: l gradle.lockfile:3",
        ],
    );
}

#[test]
fn catalogs_without_a_script_are_gaps() {
    check(
        &[("gradle/libs.versions.toml", "[libraries]\na = \"g:a:1\"\n")],
        &[
            "gap gradle/libs.versions.toml: no build script says which libraries of this catalog the function uses; scan it with its project, or the built jar",
        ],
    );
    let lines = render(&inventory_of(&[("gradle/libs.versions.toml", "[libraries")], None));
    assert!(matches!(&lines[..], [gap] if gap.contains("cannot read the version catalog")), "{lines:?}");
}

#[test]
fn what_the_build_itself_needs_does_not_ship() {
    check_script(
        &[("buildSrc/build.gradle.kts", "dependencies { implementation(\"g:plugin:1\") }")],
        &["pkg:maven/g/plugin@1 development direct: d buildSrc/build.gradle.kts:1"],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_script_is_read_without_panic(text in "\\PC{0,200}|([a-c$]|dependencies|implementation|ext|libs\\.a|[ \\n(){}\\[\\]\"':,=+.$!/*é]){0,80}") {
        inventory_of(&[("build.gradle", &text), ("a/build.gradle.kts", &text), ("gradle/libs.versions.toml", &text)], None);
    }
}
