//! The table of npm libraries by texts in their code, made from the releases that `listed.tsv` names.
//!
//! Each release is bundled and minified on its own, its dependencies left out, once as an ES module and once as CommonJS: what
//! stands in both is what bundles keep. A text is a library's when no other package of the set holds it; the set is every
//! listed release and the newest ones installed with all that they need, and [`RELATIVES`]. A copy of the library that
//! another package has built in does not count against it.

mod form;
mod library;
mod literals;
mod owners;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use rayon::prelude::*;

use super::Facts;
use super::sources::ESBUILD;
use super::table::{Rows, Table, overlay};
use library::{Library, prefixes};
use owners::Owners;

/// Package, versions and licence of each library; kept by hand.
const LISTED: &str = "crates/inventory/src/ecosystems/npm/data/listed.tsv";

pub(super) const TABLES: &[Table] = &[Table {
    path: "crates/inventory/src/ecosystems/npm/data/libraries.tsv",
    what: "Texts in the code of npm libraries that no other package of the set holds, from the releases that `listed.tsv` names with licence and day, bundled and minified one by one.",
    columns: &[
        ("text", "whole literal, or part of a template; the beginning of one where the place is `=`"),
        ("library", "package that holds it in at least two of its listed releases that follow each other"),
        (
            "place",
            "where the version stood in each listed release: `=` right behind the text, so many literals behind or before it, 0 nowhere",
        ),
    ],
    sources: &[&ESBUILD],
    overlays: &[LISTED],
    rows,
}];

/// Packages that share code with listed ones, and others of many texts: theirs are nobody's mark.
const RELATIVES: &[&str] = &[
    "@angular/core",
    "@anthropic-ai/sdk",
    "@aws-sdk/client-lambda",
    "@aws-sdk/client-secrets-manager",
    "@aws-sdk/client-ssm",
    "@azure/cosmos",
    "@google-cloud/storage",
    "@hapi/hapi",
    "@hapi/joi",
    "@nestjs/core",
    "@nestjs/platform-express",
    "@prisma/client",
    "@slack/web-api",
    "@trpc/server",
    "adm-zip",
    "algoliasearch",
    "amqplib",
    "archiver",
    "async",
    "bull",
    "bullmq",
    "chalk",
    "chart.js",
    "class-validator",
    "commander",
    "cross-fetch",
    "csv-parse",
    "d3",
    "discord-api-types",
    "discord.js",
    "docx",
    "drizzle-orm",
    "ejs",
    "elysia",
    "eslint",
    "ethers",
    "exceljs",
    "express-validator",
    "fast-csv",
    "formik",
    "gatsby-cli",
    "googleapis-common",
    "hono",
    "htmlparser2",
    "i18next",
    "immer",
    "inquirer",
    "isomorphic-fetch",
    "jest",
    "jquery",
    "jsdom",
    "jsonpath",
    "kafkajs",
    "kysely",
    "langsmith",
    "lit",
    "lodash-es",
    "mobx",
    "mocha",
    "mqtt",
    "mustache",
    "mysql",
    "next",
    "nock",
    "node-html-parser",
    "nx",
    "oidc-provider",
    "ora",
    "pako",
    "papaparse",
    "passport",
    "pdf-lib",
    "pdfkit",
    "pizzip",
    "playwright-core",
    "preact",
    "preact-render-to-string",
    "prettier",
    "pug",
    "puppeteer-core",
    "react-dom",
    "redux",
    "sequelize",
    "sharp",
    "sinon",
    "superagent",
    "supertest",
    "svelte",
    "swr",
    "tar",
    "telegraf",
    "three",
    "trpc",
    "tweetnacl",
    "typeorm",
    "typescript",
    "valibot",
    "viem",
    "vite",
    "vitest",
    "vue",
    "web3-utils",
    "yargs",
    "zustand",
];

fn rows(facts: &Facts) -> Result<Rows> {
    let listed = overlay(facts, LISTED, 3)?;
    let folder = facts.root.join("target/facts/libraries");
    obtain(&listed, &folder)?;
    let esbuild = facts.sources.folder(&ESBUILD).join("bin/esbuild");
    let libraries: Vec<Library> =
        listed.par_iter().map(|row| Library::read(&row[0], &row[1], &folder, &esbuild)).collect::<Result<_>>()?;
    let mut owners = Owners::default();
    for library in &libraries {
        for sample in &library.samples {
            sample.literals.iter().for_each(|literal| owners.wants(&literal.text, &library.name));
            prefixes(sample).for_each(|prefix| owners.wants_prefix(prefix, &library.name));
        }
    }
    owners.read(&folder)?;
    let mut rows = Rows::default();
    for library in &libraries {
        let mut taken = BTreeSet::new();
        for (text, place) in library.places(&owners) {
            rows.add([text.as_str(), library.name.as_str(), place.as_str()]);
            taken.insert(text);
        }
        for text in library.texts(&owners) {
            if !taken.contains(text) {
                rows.add([text, library.name.as_str(), "0"]);
            }
        }
    }
    Ok(rows)
}

/// Fetches what is missing in `folder`, with npm; nothing is run from the packages.
fn obtain(listed: &[Vec<String>], folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for row in listed {
        for version in row[1].split(',') {
            let place = release_folder(folder, &row[0], version);
            if place.exists() {
                continue;
            }
            let packed = folder.join(format!("{}-{version}.tgz", flat(&row[0])));
            if !packed.exists() {
                let mut command = Command::new("npm");
                command.args(["pack", "--silent", "--ignore-scripts", "--pack-destination"]).arg(folder);
                run(command.arg(format!("{}@{version}", row[0])))?;
            }
            fs::create_dir_all(&place)?;
            run(Command::new("tar").arg("-xzf").arg(&packed).arg("-C").arg(&place).arg("--strip-components=1"))?;
        }
    }
    let set = folder.join("set");
    if !set.exists() {
        let newest = listed.iter().map(|row| format!("{}@{}", row[0], row[1].rsplit(',').next().unwrap_or_default()));
        let mut command = Command::new("npm");
        command.args(["install", "--silent", "--ignore-scripts", "--no-save", "--legacy-peer-deps", "--prefix"]);
        run(command.arg(&set).args(newest).args(RELATIVES))?;
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot start `{command:?}`"))?;
    ensure!(output.status.success(), "`{command:?}` failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn flat(name: &str) -> String {
    name.replace('@', "").replace('/', "-")
}

/// Where a release lies: in a `node_modules` of its own, so that its name resolves.
fn release_folder(folder: &Path, name: &str, version: &str) -> PathBuf {
    folder.join(format!("{}-{version}", flat(name))).join("node_modules").join(name)
}
