//! .NET: what was published, what was locked, what project files ask for.

use artifact::Artifact;
use inventory::{Above, Setting, take};

use crate::{check, render};

const DEPS: &str = r#"{
  "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64", "signature": ""},
  "targets": {
    ".NETCoreApp,Version=v8.0": {},
    ".NETCoreApp,Version=v8.0/linux-x64": {
      "Shop/1.2.0": {"dependencies": {"Newtonsoft.Json": "13.0.1", "Meta": "1.0.0", "Core": "1.0.0"}, "runtime": {"Shop.dll": {}}},
      "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.4": {"runtime": {"System.Private.CoreLib.dll": {}}},
      "Newtonsoft.Json/13.0.1": {"runtime": {"lib/net6.0/Newtonsoft.Json.dll": {"assemblyVersion": "13.0.0.0"}}},
      "Meta/1.0.0": {"dependencies": {"Inner": "2.0.0"}},
      "Inner/2.0.0": {"runtimeTargets": {"runtimes/linux/lib/Inner.dll": {"rid": "linux"}}, "dependencies": {"Gone": "3.0.0"}},
      "Gone/3.0.0": {"runtime": {"lib/Gone.dll": {}}},
      "Placeholder/4.3.0": {"runtime": {"lib/net8.0/_._": {}}},
      "Compiled/1.0.0": {"runtime": {"lib/Compiled.dll": {}}, "compileOnly": true},
      "Core/1.0.0": {"runtime": {"Core.dll": {}}},
      "Loose.Reference/9.0.0.0": {"runtime": {"Loose.dll": {}}}
    }
  },
  "libraries": {
    "Shop/1.2.0": {"type": "project"},
    "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.4": {"type": "runtimepack"},
    "Newtonsoft.Json/13.0.1": {"type": "package"},
    "Meta/1.0.0": {"type": "package"},
    "Inner/2.0.0": {"type": "package"},
    "Gone/3.0.0": {"type": "package"},
    "Placeholder/4.3.0": {"type": "package"},
    "Compiled/1.0.0": {"type": "package"},
    "Core/1.0.0": {"type": "project"},
    "Loose.Reference/9.0.0.0": {"type": "reference"}
  }
}"#;

#[test]
fn versions_set_above_the_function_are_known() {
    let project = r#"<Project><ItemGroup><PackageReference Include="Outer" /><PackageReference Include="Inner" />
        <PackageReference Include="Set" Version="$(SetVersion)" /></ItemGroup></Project>"#;
    let central = r#"<Project><ItemGroup><PackageVersion Include="Outer" Version="1.0.0" />
        <PackageVersion Include="Inner" Version="1.0.0" /></ItemGroup></Project>"#;
    let build = "<Project><PropertyGroup><SetVersion>3.1.4</SetVersion></PropertyGroup></Project>";
    let nearer = r#"<Project><ItemGroup><PackageVersion Include="Inner" Version="2.0.0" /></ItemGroup></Project>"#;
    let files: [(&str, &[u8]); 3] = [
        ("Directory.Packages.props", central.as_bytes()),
        ("Directory.Build.props", build.as_bytes()),
        ("src/Directory.Packages.props", nearer.as_bytes()),
    ];
    let above = Above { files: Artifact::from_memory(files), folder: "src/Orders" };
    let artifact = Artifact::from_memory([("Orders.csproj", project.as_bytes())]);
    let found = take(&artifact, &Setting { above: Some(&above), ..Setting::default() });
    assert_eq!(
        render(&found)[..4],
        [
            "pkg:nuget/Inner@2.0.0 direct: d Orders.csproj:1",
            "pkg:nuget/Orders (unknown) project: d Orders.csproj",
            "pkg:nuget/Outer@1.0.0 direct: d Orders.csproj:1",
            "pkg:nuget/Set@3.1.4 direct: d Orders.csproj:2",
        ]
    );
}

#[test]
fn reads_what_was_published() {
    check(
        &[
            ("Shop.deps.json", DEPS),
            ("Shop.dll", ""),
            ("Core.dll", ""),
            ("Loose.dll", ""),
            ("Newtonsoft.Json.dll", ""),
            ("System.Private.CoreLib.dll", ""),
            ("runtimes/linux/lib/Inner.dll", ""),
        ],
        &[
            "pkg:nuget/Core@1.0.0 project: i Shop.deps.json:27",
            "pkg:nuget/Gone@3.0.0 < Inner: l Shop.deps.json:24",
            "pkg:nuget/Inner@2.0.0 direct: i Shop.deps.json:23",
            "pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@8.0.4: i Shop.deps.json:20",
            "pkg:nuget/Newtonsoft.Json@13.0.1 direct: i Shop.deps.json:21",
            "pkg:nuget/Shop@1.2.0 project: i Shop.deps.json:19",
            "gap Shop.deps.json: assemblies of no package lie here, so what they are is not known: `Loose`; reference packages instead",
        ],
    );
}

#[test]
fn one_package_in_several_files_is_one_component() {
    let project = r#"<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>
<PackageReference Include="newtonsoft.json" Version="13.0.1" />
</ItemGroup></Project>"#;
    let lock = r#"{"version": 1, "dependencies": {"net8.0": {
"Newtonsoft.Json": {"type": "Direct", "requested": "[13.0.1, )", "resolved": "13.0.1"},
"core": {"type": "Project"}}}}"#;
    let deps = r#"{"runtimeTarget": {"name": "t"}, "targets": {"t": {"Newtonsoft.Json/13.0.1": {"runtime": {"lib/Newtonsoft.Json.dll": {}}}}},
"libraries": {"Newtonsoft.Json/13.0.1": {"type": "package"}}}"#;
    check(
        &[
            ("src/Shop.csproj", project),
            ("src/packages.lock.json", lock),
            ("src/bin/Release/Shop.deps.json", deps),
            ("src/bin/Release/Newtonsoft.Json.dll", ""),
        ],
        &[
            "pkg:nuget/Newtonsoft.Json@13.0.1 direct: d src/Shop.csproj:2 i src/bin/Release/Shop.deps.json:2 l src/packages.lock.json:2",
            "pkg:nuget/Shop (unknown) project: d src/Shop.csproj",
        ],
    );
}

#[test]
fn reads_project_files_with_central_versions_and_properties() {
    let build =
        "<Project><PropertyGroup><AwsVersion>3.7.$(Patch)</AwsVersion><Patch>100</Patch></PropertyGroup></Project>";
    let central = r#"<Project><PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
<ItemGroup><PackageVersion Include="AWSSDK.S3" Version="$(AwsVersion)" /><PackageVersion Include="Polly" Version="8.0.0" /></ItemGroup></Project>"#;
    let project = r#"<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><Version>2.0.0</Version></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="AWSSDK.S3" />
    <PackageReference Include="Polly" VersionOverride="[8.1.0]" />
    <PackageReference Include="Floating"><Version>1.*</Version></PackageReference>
    <PackageReference Include="Analyser" Version="1.0.0" PrivateAssets="all" />
    <PackageReference Include="Tool" Version="1.0.0"><IncludeAssets>build; analyzers</IncludeAssets></PackageReference>
    <PackageReference Include="Outside" Version="$(Elsewhere)" />
    <!-- <PackageReference Include="Commented" Version="1" /> -->
  </ItemGroup>
</Project>"#;
    check(
        &[("Directory.Build.props", build), ("Directory.Packages.props", central), ("src/a/A.csproj", project)],
        &[
            "pkg:nuget/A@2.0.0 project: d src/a/A.csproj",
            "pkg:nuget/AWSSDK.S3@3.7.100 direct: d src/a/A.csproj:4",
            "pkg:nuget/Analyser@1.0.0 development direct: d src/a/A.csproj:7",
            "pkg:nuget/Floating (1.*) direct: d src/a/A.csproj:6",
            "pkg:nuget/Outside ($(Elsewhere)) direct: d src/a/A.csproj:9",
            "pkg:nuget/Polly@8.1.0 direct: d src/a/A.csproj:5",
            "pkg:nuget/Tool@1.0.0 development direct: d src/a/A.csproj:8",
            "gap src/a/A.csproj: `Floating`, `Outside` have no exact version, and what is needed in turn is not known: run \
             `dotnet restore --use-lock-file` beside it, or scan what `dotnet publish` puts out",
            "gap src/a/A.csproj:9: `Outside` has the version `$(Elsewhere)`, which is set outside the scanned files; lock it \
             with `dotnet restore --use-lock-file`",
        ],
    );
}

#[test]
fn reads_the_restore_and_the_older_list() {
    let assets = r#"{"version": 3, "targets": {"net8.0": {
"A/1.0.0": {"type": "package", "dependencies": {"B": "2.0.0"}, "runtime": {"lib/net8.0/A.dll": {}}},
"B/2.0.0": {"type": "package", "runtime": {"lib/net8.0/_._": {}}},
"P/1.0.0": {"type": "project", "runtime": {"bin/placeholder/P.dll": {}}}}},
"projectFileDependencyGroups": {"net8.0": ["A >= 1.0.0"]}}"#;
    let old = "<?xml version=\"1.0\"?>\n<packages>\n <package id=\"jQuery\" version=\"3.1.0\" />\n <package id=\"Lint\" version=\"1.0\" developmentDependency=\"true\" />\n</packages>";
    check(
        &[("a/obj/project.assets.json", assets), ("web/packages.config", old)],
        &[
            "pkg:nuget/A@1.0.0 direct: l a/obj/project.assets.json:2",
            "pkg:nuget/B@2.0.0 development < A: l a/obj/project.assets.json:3",
            "pkg:nuget/Lint@1.0 development: l web/packages.config:4",
            "pkg:nuget/jQuery@3.1.0: l web/packages.config:3",
        ],
    );
}

#[test]
fn tells_shared_frameworks_from_included_ones() {
    let shared =
        r#"{"runtimeOptions": {"tfm": "net8.0", "framework": {"name": "Microsoft.NETCore.App", "version": "8.0.0"}}}"#;
    let included =
        r#"{"runtimeOptions": {"includedFrameworks": [{"name": "Microsoft.NETCore.App", "version": "8.0.4"}]}}"#;
    check(
        &[("a/A.runtimeconfig.json", shared)],
        &["pkg:nuget/Microsoft.NETCore.App ([8.0.0, 9.0.0)) absent direct: d a/A.runtimeconfig.json"],
    );
    check(
        &[("b/B.runtimeconfig.json", included)],
        &["pkg:nuget/Microsoft.NETCore.App@8.0.4: i b/B.runtimeconfig.json"],
    );
}

#[test]
fn names_a_shared_framework_by_its_folder() {
    let deps = r#"{"runtimeTarget": {"name": "t"}, "targets": {"t": {
"runtime.linux-x64.Microsoft.NETCore.App/3.1.23-servicing.22122.4": {"native": {"runtimes/linux-x64/native/libcoreclr.so": {}}}}},
"libraries": {
"runtime.linux-x64.Microsoft.NETCore.App/3.1.23-servicing.22122.4": {"type": "package"}}}"#;
    check(
        &[
            ("dotnet/shared/Microsoft.NETCore.App/3.1.23/Microsoft.NETCore.App.deps.json", deps),
            ("dotnet/shared/Microsoft.NETCore.App/3.1.23/libcoreclr.so", ""),
        ],
        &[
            "pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@3.1.23: i dotnet/shared/Microsoft.NETCore.App/3.1.23/Microsoft.NETCore.App.deps.json:4",
        ],
    );
}

/// A program that begins as ELF files do, with a bundle of one list behind it.
fn single_file(deps: &str) -> Vec<u8> {
    const SIGNATURE: [u8; 32] = [
        0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32, 0x13, 0xf5,
        0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
    ];
    let mut file = vec![0; 5_000];
    file[..7].copy_from_slice(b"\x7FELF\x02\x01\x01");
    // A program for x86-64 without sections: header of 64 bytes.
    file[16] = 3;
    file[18] = 62;
    file[20] = 1;
    file[52] = 64;
    let manifest = u64::try_from(5_040 + deps.len()).unwrap();
    file.extend(manifest.to_le_bytes());
    file.extend(SIGNATURE);
    file.extend(deps.as_bytes());
    for number in [6_u32, 0, 2] {
        file.extend(number.to_le_bytes());
    }
    file.extend(b"\x04abcd");
    file.extend([0; 40]);
    let size = u64::try_from(deps.len()).unwrap();
    for (offset, size, kind, path) in [(5_040, size, 3, "App.deps.json"), (0, 4, 1, "A.dll")] {
        for number in [offset, size, 0] {
            file.extend(u64::to_le_bytes(number));
        }
        file.push(kind);
        file.push(u8::try_from(path.len()).unwrap());
        file.extend(path.as_bytes());
    }
    file
}

#[test]
fn reads_single_file_programs() {
    let deps = r#"{"runtimeTarget": {"name": "t"}, "targets": {"t": {"A/1.0.0": {"runtime": {"lib/A.dll": {}}}}},
"libraries": {"A/1.0.0": {"type": "package"}}}"#;
    let program = single_file(deps);
    let artifact = Artifact::from_memory([("bootstrap", program.as_slice())]);
    let found = render(&take(&artifact, &Setting::default()));
    assert_eq!(found, ["pkg:nuget/A@1.0.0: i bootstrap:2"]);
}
