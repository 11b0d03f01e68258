//! PHP, Ruby, Dart, Swift, Elixir, Erlang and R: what is installed, what is locked, what is asked for.

use crate::check;

#[test]
fn reads_what_composer_installed_in_both_forms() {
    let packages = r#"[
{"name": "Vendor/One", "version": "v1.2.0", "type": "library", "require": {"php": ">=8", "vendor/two": "^2"}},
{"name": "vendor/two", "version": "dev-main", "type": "library", "source": {"type": "git", "url": "https://host.example/two.git", "reference": "0a1b"}},
{"name": "vendor/gone", "version": "3.0.0", "type": "library"},
{"name": "vendor/meta", "version": "4.0.0", "type": "metapackage"}]"#;
    let second = format!(r#"{{"packages": {packages}, "dev": true, "dev-package-names": []}}"#);
    for installed in [packages, &second] {
        check(
            &[
                ("vendor/composer/installed.json", installed),
                ("vendor/composer/installed.php", "<?php return array('versions' => array());"),
                ("vendor/Vendor/One/a.php", ""),
                ("vendor/vendor/two/a.php", ""),
                ("vendor/vendor/two/composer.json", r#"{"name": "vendor/two", "require": {"x/y": "^1"}}"#),
            ],
            &[
                "pkg:composer/vendor/gone@3.0.0: l vendor/composer/installed.json:4",
                "pkg:composer/vendor/meta@4.0.0: i vendor/composer/installed.json:5",
                "pkg:composer/vendor/one@v1.2.0: i vendor/composer/installed.json:2",
                "pkg:composer/vendor/two@dev-main?vcs_url=git%2Bhttps:%2F%2Fhost.example%2Ftwo.git%400a1b < vendor/one: i vendor/composer/installed.json:3",
            ],
        );
    }
}

#[test]
fn reads_installed_php_where_it_stands_alone() {
    let installed = "<?php return array(
    'root' => array('name' => 'me/shop', 'pretty_version' => '1.0.0'),
    'versions' => array(
        'a/b' => array('pretty_version' => '2.1.0', 'install_path' => __DIR__ . '/../a/b', 'aliases' => array()),
        'me/shop' => array('pretty_version' => '1.0.0', 'install_path' => __DIR__ . '/../../'),
        'x/replaced' => array('replaced' => array(0 => '2.1.0')),
    ),
);";
    check(
        &[("app/vendor/composer/installed.php", installed), ("app/vendor/a/b/x.php", ""), ("app/index.php", "")],
        &[
            "pkg:composer/a/b@2.1.0: i app/vendor/composer/installed.php:4",
            "pkg:composer/me/shop@1.0.0 project: i app/vendor/composer/installed.php:5",
        ],
    );
    check(
        &[("vendor/composer/installed.php", "<?php return require 'x.php';")],
        &[
            "gap vendor/composer/installed.php: the file is no plain array of packages; write it anew with `composer install`",
        ],
    );
}

#[test]
fn reads_composer_locks_and_manifests() {
    let lock = r#"{"packages": [
{"name": "a/b", "version": "1.5.0", "require": {"c/d": "^2", "ext-json": "*"}},
{"name": "c/d", "version": "2.0.1"}],
"packages-dev": [
{"name": "phpunit/phpunit", "version": "9.6.0"}]}"#;
    let manifest =
        r#"{"name": "me/shop", "require": {"php": ">=8.1", "A/B": "^1.0"}, "require-dev": {"phpunit/phpunit": "^9"}}"#;
    check(
        &[("composer.lock", lock), ("composer.json", manifest)],
        &[
            "pkg:composer/a/b@1.5.0 direct: d composer.json:1 l composer.lock:2",
            "pkg:composer/c/d@2.0.1 < a/b: l composer.lock:3",
            "pkg:composer/me/shop (unknown) project: d composer.json",
            "pkg:composer/phpunit/phpunit@9.6.0 development direct: d composer.json:1 l composer.lock:5",
        ],
    );
    check(
        &[("composer.json", r#"{"require": {"a/b": "1.2.3", "c/d": "^2"}, "minimum-stability": "beta"}"#)],
        &[
            "pkg:composer/a/b@1.2.3 direct: d composer.json:1",
            "pkg:composer/c/d (^2@beta) direct: d composer.json:1",
            "gap composer.json: `c/d` has no exact version, and what is needed in turn is not known: run `composer update \
             --no-install` beside it and scan again",
        ],
    );
}

const RACK: &str = "# -*- encoding: utf-8 -*-\n# stub: rack 2.2.4 ruby lib\n\nGem::Specification.new do |s|\n  \
    s.name = \"rack\".freeze\n  s.version = \"2.2.4\"\n  s.rubygems_version = \"3.3.7\".freeze\n  \
    if s.respond_to? :specification_version then\n    s.specification_version = 4\n  end\n  \
    s.add_runtime_dependency(%q<base64>.freeze, [\"~> 0.1\"])\n  s.add_development_dependency(%q<minitest>.freeze, [\"~> 5.0\"])\nend\n";

#[test]
fn reads_installed_gems() {
    check(
        &[
            ("vendor/bundle/ruby/3.2.0/specifications/rack-2.2.4.gemspec", RACK),
            (
                "vendor/bundle/ruby/3.2.0/specifications/base64-0.1.1.gemspec",
                "Gem::Specification.new do |s|\n s.version = Base64::VERSION\nend",
            ),
            ("vendor/bundle/ruby/3.2.0/gems/rack-2.2.4/Gemfile", "gem 'rake'"),
            ("vendor/bundle/ruby/3.2.0/gems/rack-2.2.4/rack.gemspec", RACK),
            (
                "ruby/gems/3.2.0/specifications/nokogiri-1.15.0-x86_64-linux.gemspec",
                "# stub: nokogiri 1.15.0 x86_64-linux lib\n",
            ),
            ("Gemfile", "source 'https://registry.example'\ngem 'rack', '~> 2.2'\n"),
        ],
        &[
            "pkg:gem/base64@0.1.1 < rack: i vendor/bundle/ruby/3.2.0/specifications/base64-0.1.1.gemspec",
            "pkg:gem/nokogiri@1.15.0: i ruby/gems/3.2.0/specifications/nokogiri-1.15.0-x86_64-linux.gemspec",
            "pkg:gem/rack@2.2.4 direct: d Gemfile:2 i vendor/bundle/ruby/3.2.0/specifications/rack-2.2.4.gemspec",
        ],
    );
}

#[test]
fn reads_bundler_locks_with_the_groups_of_the_gemfile() {
    let lock = "GIT
  remote: https://host.example/tool.git
  revision: 0a1b2c3
  specs:
    tool (0.1.0)
      rack

PATH
  remote: engines/own
  specs:
    own (1.0)

GEM
  remote: https://registry.example/
  specs:
    diff-lcs (1.5.0)
    nokogiri (1.15.0-arm64-darwin)
    nokogiri (1.15.0-x86_64-linux)
    rack (2.2.4)
    rspec (3.12.0)
      diff-lcs (>= 1.2)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  nokogiri (~> 1.15)
  own!
  rspec
  tool!

CHECKSUMS
  rack (2.2.4) sha256=00

RUBY VERSION
   ruby 3.2.0p0

BUNDLED WITH
   2.4.1
";
    let gemfile = "gem 'nokogiri', '~> 1.15'\ngem 'own', path: 'engines/own'\ngem 'tool', git: 'https://host.example/tool.git'\ngroup :test do\n  gem 'rspec'\nend\n";
    check(
        &[("Gemfile.lock", lock), ("Gemfile", gemfile)],
        &[
            "pkg:gem/diff-lcs@1.5.0 development < rspec: l Gemfile.lock:16",
            "pkg:gem/nokogiri@1.15.0 direct: d Gemfile:1 l Gemfile.lock:17 l Gemfile.lock:18",
            "pkg:gem/own@1.0 project direct: l Gemfile.lock:11",
            "pkg:gem/rack@2.2.4 < tool: l Gemfile.lock:19",
            "pkg:gem/rspec@3.12.0 development direct: d Gemfile:5 l Gemfile.lock:20",
            "pkg:gem/tool@0.1.0?vcs_url=git%2Bhttps:%2F%2Fhost.example%2Ftool.git%400a1b2c3 direct: d Gemfile:3 l Gemfile.lock:5",
        ],
    );
}

#[test]
fn reads_project_gemspecs_and_packed_gems() {
    let gemspec = "Gem::Specification.new do |spec|\n  spec.name = 'own'\n  spec.version = Own::VERSION\n  \
                   spec.add_dependency 'rack', '>= 2', '< 4'\n  spec.add_development_dependency \"rake\", \"13.0.6\"\nend";
    check(
        &[("own.gemspec", gemspec), ("vendor/cache/json-2.6.3-java.gem", "")],
        &[
            "pkg:gem/json@2.6.3: l vendor/cache/json-2.6.3-java.gem",
            "pkg:gem/own (unknown) project: d own.gemspec",
            "pkg:gem/rack (>= 2, < 4) direct: d own.gemspec:4",
            "pkg:gem/rake@13.0.6 development direct: d own.gemspec:5",
            "gap own.gemspec: `rack` has no exact version, and what is needed in turn is not known: run `bundle lock` beside it and scan again",
        ],
    );
}

#[test]
fn reads_dart() {
    let lock = r#"# Generated by pub
packages:
  http:
    dependency: "direct main"
    description:
      name: http
      sha256: "00"
      url: "https://registry.example"
    source: hosted
    version: "1.1.0"
  flutter:
    dependency: "direct main"
    description: flutter
    source: sdk
    version: "0.0.0"
  lints:
    dependency: "direct dev"
    description:
      name: lints
      url: "https://registry.example"
    source: hosted
    version: "2.0.0"
  tool:
    dependency: transitive
    description:
      path: "."
      ref: HEAD
      resolved-ref: "0a1b"
      url: "https://host.example/tool.git"
    source: git
    version: "0.1.0"
sdks:
  dart: ">=3.0.0 <4.0.0"
"#;
    let manifest = "name: shop\nversion: 1.0.0+2 # why\n\nenvironment:\n  sdk: ^3.0.0\ndependencies:\n  http: ^1.0.0 # net\n  flutter:\n    sdk: flutter\n\ndev_dependencies:\n  lints: 2.0.0\n";
    check(
        &[("pubspec.lock", lock), ("pubspec.yaml", manifest)],
        &[
            "pkg:pub/http@1.1.0 direct: l pubspec.lock:3 d pubspec.yaml:7",
            "pkg:pub/lints@2.0.0 development direct: l pubspec.lock:16 d pubspec.yaml:12",
            "pkg:pub/shop@1.0.0%2B2 project: d pubspec.yaml",
            "pkg:pub/tool@0.1.0?vcs_url=git%2Bhttps:%2F%2Fhost.example%2Ftool.git%400a1b: l pubspec.lock:23",
        ],
    );
}

#[test]
fn reads_swift() {
    let first = r#"{"object": {"pins": [{"package": "NIO", "repositoryURL": "https://github.com/apple/swift-nio.git",
"state": {"branch": null, "revision": "0a", "version": "2.40.0"}}]}, "version": 1}"#;
    let second = r#"{"pins": [{"identity": "swift-nio", "kind": "remoteSourceControl", "location": "https://github.com/apple/swift-nio.git",
"state": {"revision": "0a", "version": "2.40.0"}},
{"identity": "tool", "kind": "remoteSourceControl", "location": "git@host.example:own/tool.git", "state": {"branch": "main", "revision": "0b"}}], "version": 2}"#;
    let manifest = "let package = Package(\n  dependencies: [\n    .package(url: \"https://github.com/apple/swift-nio.git\", from: \"2.0.0\"),\n    // .package(url: \"https://x.example/y\", from: \"1.0.0\"),\n    .package(path: \"../own\")\n  ])\n";
    check(
        &[("Package.resolved", first), ("Package.swift", manifest)],
        &["pkg:swift/github.com/apple/swift-nio@2.40.0 direct: l Package.resolved:1 d Package.swift:3"],
    );
    check(
        &[("Package.resolved", second)],
        &[
            "pkg:swift/github.com/apple/swift-nio@2.40.0: l Package.resolved:1",
            "pkg:swift/host.example/own/tool (unknown): l Package.resolved:3",
            "gap Package.resolved:3: `git@host.example:own/tool.git` is pinned to `main`, so its version is not known; pin it to a version",
        ],
    );
}

#[test]
fn reads_elixir_and_erlang() {
    let lock = "%{\n  \"mime\": {:hex, :mime, \"1.6.0\", \"00\", [:mix], [], \"hexpm\", \"00\"},\n  \
                \"plug\": {:hex, :plug, \"1.11.0\", \"00\", [:mix], [{:mime, \"~> 1.0\", [hex: :mime, repo: \"hexpm\", optional: false]}], \"hexpm\", \"00\"},\n  \
                \"credo\": {:hex, :credo, \"1.7.0\", \"00\", [:mix], [], \"hexpm\", \"00\"},\n  \
                \"own\": {:git, \"https://host.example/own.git\", \"0a1b\", [tag: \"v1\"]},\n}\n";
    let manifest = "defmodule Shop.MixProject do\n  def project do\n    [\n      app: :shop,\n      version: \"0.1.0\",\n      deps: deps()\n    ]\n  end\n\n  \
                    defp deps do\n    [\n      {:plug, \"~> 1.11\"},\n      {:credo, \"~> 1.6\", only: [:dev, :test], runtime: false},\n      {:own, git: \"https://host.example/own.git\", tag: \"v1\"}\n    ]\n  end\nend\n";
    check(
        &[("mix.lock", lock), ("mix.exs", manifest), ("deps/plug/mix.exs", manifest)],
        &[
            "pkg:hex/credo@1.7.0 development direct: d mix.exs:13 l mix.lock:4",
            "pkg:hex/mime@1.6.0 < plug: l mix.lock:2",
            "pkg:hex/own?vcs_url=git%2Bhttps:%2F%2Fhost.example%2Fown.git%400a1b (unknown) direct: d mix.exs:14 l mix.lock:5",
            "pkg:hex/plug@1.11.0 direct: d mix.exs:12 l mix.lock:3",
            "pkg:hex/shop@0.1.0 project: d mix.exs",
            "gap mix.lock:5: `own` is locked to a repository, so its version is not known",
        ],
    );
    let rebar = "{\"1.2.0\",\n[{<<\"cowboy\">>,{pkg,<<\"cowboy\">>,<<\"2.9.0\">>},0},\n {<<\"cowlib\">>,{pkg,<<\"cowlib\">>,<<\"2.11.0\">>},1}]}.\n[\n{pkg_hash,[\n {<<\"cowboy\">>, <<\"00\">>}]}\n].\n";
    check(
        &[("rebar.lock", rebar)],
        &["pkg:hex/cowboy@2.9.0 direct: l rebar.lock:2", "pkg:hex/cowlib@2.11.0: l rebar.lock:3"],
    );
}

#[test]
fn reads_r() {
    let lock = r#"{"R": {"Version": "4.3.0"}, "Packages": {
"jsonlite": {"Package": "jsonlite", "Version": "1.8.4", "Source": "Repository", "Requirements": ["methods"]}}}"#;
    check(
        &[
            ("renv.lock", lock),
            ("library/xml2/DESCRIPTION", "Package: xml2\nVersion: 1.3.4\nBuilt: R 4.3.0; x86_64; 2023\n"),
            ("src/own/DESCRIPTION", "Package: own\nVersion: 0.1\n"),
        ],
        &["pkg:cran/jsonlite@1.8.4: l renv.lock:2", "pkg:cran/xml2@1.3.4: i library/xml2/DESCRIPTION"],
    );
}

#[test]
fn one_project_says_nothing_of_another() {
    check(
        &[
            ("a/composer.lock", r#"{"packages": [{"name": "x/y", "version": "1.0.0"}]}"#),
            ("b/vendor/composer/installed.json", r#"[{"name": "x/y", "version": "2.0.0"}]"#),
            ("b/vendor/x/y/x.php", ""),
        ],
        &[
            "pkg:composer/x/y@1.0.0: l a/composer.lock:1",
            "pkg:composer/x/y@2.0.0: i b/vendor/composer/installed.json:1",
        ],
    );
}
