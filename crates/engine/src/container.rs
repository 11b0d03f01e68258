//! What a container image says of the function in it: how it is started, with which environment, on which runtime.
//!
//! **Source**: AWS Lambda, "Create a Lambda function using a container image" (entry points, runtime interface clients, base
//! images and their `/var/lang`, `/var/runtime`); Azure Functions and Cloud Run functions, environment variables of containers.
//! **Supported**: commands in both forms, AWS's base images of every language, the Functions Framework.
//! **Unsupported**: what start scripts do; a function that is started by one has no handler, and all of its code counts.

use artifact::{Artifact, Image, ImageConfiguration, Mount};
use model::function::{Cloud, EnvironmentVariable, Function, FunctionKind};
use model::{Gap, Hidden, Location, SymbolicText};
use source::Located;

/// Words of commands that start AWS's runtime interface; the handler is the next one.
const RUNTIME_INTERFACES: &[&str] =
    &["awslambdaric", "aws-lambda-ric", "aws_lambda_ric", "lambda-entrypoint.sh", "runtime.api.client.AWSLambda"];
/// Where AWS's base images keep the language.
const LANGUAGE: &str = "var/lang";
/// Largest file that is read to tell the runtime, in bytes.
const MAX_TELLING_BYTES: u64 = 1 << 20;

const NO_TASK_FOLDER: &str = "the image does not say which folder holds the function, so its code is taken for part of the \
                              system and not followed; set `WORKDIR` to the function's folder";

/// The function with what the image of its code adds; what the template or the user says stays.
pub(crate) fn described(located: &Located, artifact: &Artifact) -> Located {
    let mut located = located.clone();
    if located.stack.is_none()
        && let Some(cloud) = located.function.runtime.as_deref().and_then(rules::cloud_of_runtime)
    {
        located.function.cloud = cloud;
    }
    let Some(image) = artifact.image() else { return located };
    let Image { configuration, task_folder, .. } = image;
    let function = &mut located.function;
    function.kind = FunctionKind::Container;
    if located.stack.is_none() {
        function.cloud = cloud(configuration);
    }
    if function.handler.is_none() {
        function.handler = handler(configuration, artifact);
    }
    if function.runtime.is_none() {
        function.runtime = runtime(configuration, artifact);
    }
    add_environment(function, configuration);
    if task_folder.is_none() {
        let place = function.location.clone();
        located.gaps.push(Gap::new(place, NO_TASK_FOLDER, &[Hidden::Calls, Hidden::Permissions]));
    }
    located
}

fn cloud(configuration: &ImageConfiguration) -> Cloud {
    let has = |name| configuration.variable(name).is_some();
    match () {
        () if has("AzureWebJobsScriptRoot") || has("FUNCTIONS_WORKER_RUNTIME") => Cloud::Azure,
        () if has("FUNCTION_TARGET") || has("GOOGLE_FUNCTION_TARGET") || has("K_SERVICE") => Cloud::Gcp,
        () => Cloud::Aws,
    }
}

fn add_environment(function: &mut Function, configuration: &ImageConfiguration) {
    let file = function.code.first().map_or_else(|| function.location.file.clone(), |code| code.path.clone());
    for (name, value) in &configuration.environment {
        if function.environment.iter().all(|known| known.name != *name) {
            let (name, value) = (name.clone(), SymbolicText::literal(value.as_str()));
            function.environment.push(EnvironmentVariable { name, value, location: Location::file(file.clone()) });
        }
    }
    function.environment.sort_by(|left, right| left.name.cmp(&right.name));
}

/// The handler as the function's language writes it; `None` when the command names none.
fn handler(configuration: &ImageConfiguration, artifact: &Artifact) -> Option<String> {
    let words = words(configuration);
    let interface = words.iter().position(|word| RUNTIME_INTERFACES.iter().any(|name| word.ends_with(name)));
    if let Some(at) = interface {
        return words.get(at + 1).cloned();
    }
    let framework = words.iter().position(|word| is_functions_framework(word));
    let option = |name: &str| {
        let at = framework?;
        let mut options = words.get(at + 1..)?.iter();
        let assigned = format!("--{name}=");
        let value = options.clone().find_map(|word| word.strip_prefix(assigned.as_str()));
        value.or_else(|| {
            options.find(|word| word.strip_prefix("--") == Some(name))?;
            options.next().map(String::as_str)
        })
    };
    let variable = |name: &str| configuration.variable(name);
    let target =
        option("target").or_else(|| variable("FUNCTION_TARGET")).or_else(|| variable("GOOGLE_FUNCTION_TARGET"))?;
    let source = option("source").or_else(|| variable("FUNCTION_SOURCE"));
    let files = source.into_iter().chain(["main.py", "index.js", "index.mjs", "function.js"]);
    let stem = files
        .map(|file| file.trim_start_matches("./"))
        .filter(|file| artifact.find(Mount::Function, file).is_some())
        .find_map(|file| file.rsplit_once('.').map(|(stem, _)| stem))?;
    Some(format!("{stem}.{target}"))
}

fn is_functions_framework(word: &str) -> bool {
    word.rsplit('/').next().is_some_and(|name| name.starts_with("functions-framework"))
}

/// What is run, word by word; of `sh -c SCRIPT` the script's words.
fn words(configuration: &ImageConfiguration) -> Vec<String> {
    let words: Vec<&str> = configuration.entrypoint.iter().chain(&configuration.command).map(String::as_str).collect();
    let is_shell = |word: &str| matches!(word.rsplit('/').next(), Some("sh" | "bash" | "dash" | "ash"));
    match words.as_slice() {
        [shell, "-c" | "-lc" | "-ec", script, ..] if is_shell(shell) => {
            script.split_whitespace().filter(|word| *word != "exec").map(str::to_owned).collect()
        }
        words => words.iter().map(|word| (*word).to_owned()).collect(),
    }
}

/// The platform's runtime id, as far as the files of AWS's base images tell.
fn runtime(configuration: &ImageConfiguration, artifact: &Artifact) -> Option<String> {
    if let Some(named) = configuration.variable("AWS_EXECUTION_ENV") {
        return named.strip_prefix("AWS_Lambda_").map(str::to_owned);
    }
    let of_language = python(artifact)
        .or_else(|| node(artifact))
        .or_else(|| java(artifact))
        .or_else(|| dotnet(artifact))
        .or_else(|| ruby(artifact));
    let is_base_image = configuration.variable("LAMBDA_RUNTIME_DIR").is_some()
        || artifact.find(Mount::System, "lambda-entrypoint.sh").is_some();
    of_language.or_else(|| provided(artifact).filter(|_| is_base_image))
}

fn python(artifact: &Artifact) -> Option<String> {
    let names = names_in(artifact, &format!("{LANGUAGE}/bin"));
    names.into_iter().find(|name| {
        let version = name.strip_prefix("python").and_then(|version| version.split_once('.'));
        version.is_some_and(|(major, minor)| is_number(major) && is_number(minor))
    })
}

fn node(artifact: &Artifact) -> Option<String> {
    artifact.find(Mount::System, &format!("{LANGUAGE}/bin/node"))?;
    let header = text(artifact, &format!("{LANGUAGE}/include/node/node_version.h"))?;
    let line = header.lines().find_map(|line| line.strip_prefix("#define NODE_MAJOR_VERSION"))?;
    let major = line.trim();
    is_number(major).then(|| format!("nodejs{major}.x"))
}

fn java(artifact: &Artifact) -> Option<String> {
    let release = text(artifact, &format!("{LANGUAGE}/release"))?;
    let version = release.lines().find_map(|line| line.strip_prefix("JAVA_VERSION="))?.trim_matches('"');
    let mut numbers = version.split(['.', '_', '+']);
    match (numbers.next()?, numbers.next()) {
        // The image of the first platform, `java8`, has no successor of its name.
        ("1", Some("8")) => Some("java8.al2".to_owned()),
        (major, _) => is_number(major).then(|| format!("java{major}")),
    }
}

fn dotnet(artifact: &Artifact) -> Option<String> {
    let names = names_in(artifact, &format!("{LANGUAGE}/bin/shared/Microsoft.NETCore.App"));
    let majors = names.iter().filter_map(|version| version.split('.').next()?.parse::<u32>().ok());
    match majors.max()? {
        major @ ..=3 => Some(format!("dotnetcore{major}.1")),
        5 => Some("dotnet5.0".to_owned()),
        major => Some(format!("dotnet{major}")),
    }
}

fn ruby(artifact: &Artifact) -> Option<String> {
    artifact.find(Mount::System, &format!("{LANGUAGE}/bin/ruby"))?;
    let names = names_in(artifact, &format!("{LANGUAGE}/lib/ruby"));
    names.iter().find_map(|version| {
        let (major, rest) = version.split_once('.')?;
        let (minor, _) = rest.split_once('.')?;
        (is_number(major) && is_number(minor)).then(|| format!("ruby{major}.{minor}"))
    })
}

/// Base images without a language, by the system they are.
fn provided(artifact: &Artifact) -> Option<String> {
    let release = text(artifact, "etc/os-release").or_else(|| text(artifact, "usr/lib/os-release"))?;
    let value = |key: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.map(|value| value.trim_matches('"').to_owned())
    };
    if value("ID").as_deref() != Some("amzn") {
        return None;
    }
    match value("VERSION_ID")?.as_str() {
        "2" => Some("provided.al2".to_owned()),
        "2023" => Some("provided.al2023".to_owned()),
        _ => None,
    }
}

/// Names of files and folders directly in a folder, sorted, without duplicates.
fn names_in(artifact: &Artifact, folder: &str) -> Vec<String> {
    let below = artifact.under(Mount::System, folder);
    let mut names: Vec<String> = below
        .filter_map(|entry| {
            entry.path.strip_prefix(folder)?.trim_start_matches('/').split('/').next().map(str::to_owned)
        })
        .collect();
    names.dedup();
    names
}

fn text(artifact: &Artifact, path: &str) -> Option<String> {
    let entry = artifact.find(Mount::System, path).filter(|entry| entry.size_bytes <= MAX_TELLING_BYTES)?;
    let bytes = artifact.read(entry).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn check(entrypoint: &[&str], command: &[&str], environment: &[(&str, &str)], expected: Option<&str>) {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let configuration = ImageConfiguration {
            entrypoint: list(entrypoint),
            command: list(command),
            environment,
            ..ImageConfiguration::default()
        };
        let artifact = Artifact::from_memory([("main.py", &b""[..]), ("src/api.py", b"")]);
        assert_eq!(handler(&configuration, &artifact).as_deref(), expected, "{entrypoint:?} {command:?}");
    }

    #[test]
    fn handlers_stand_in_the_command() {
        check(&["/lambda-entrypoint.sh"], &["app.handler"], &[], Some("app.handler"));
        check(&["/usr/local/bin/python", "-m", "awslambdaric"], &["app.handler"], &[], Some("app.handler"));
        check(&["/usr/bin/npx", "aws-lambda-ric"], &["index.handler"], &[], Some("index.handler"));
        check(&[], &["/bin/sh", "-c", "exec python -m awslambdaric app.handler"], &[], Some("app.handler"));
        check(
            &["/usr/bin/java", "-cp", "./*", "com.amazonaws.services.lambda.runtime.api.client.AWSLambda"],
            &["com.example.App::handleRequest"],
            &[],
            Some("com.example.App::handleRequest"),
        );
        check(&["functions-framework"], &["--target=hello"], &[], Some("main.hello"));
        check(&[], &["functions-framework", "--source", "src/api.py", "--target", "f"], &[], Some("src/api.f"));
        check(&["/cnb/process/web"], &[], &[("FUNCTION_TARGET", "hello")], Some("main.hello"));
        check(&[], &["gunicorn", "app:app"], &[], None);
        check(&["/lambda-entrypoint.sh"], &[], &[], None);
    }
}
