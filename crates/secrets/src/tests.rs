//! Whole files, artifacts and environments through the scanner.

use artifact::Artifact;
use model::function::EnvironmentVariable;
use model::secret::SecretPlace;
use model::{Confidence, Location, SymbolicText};
use proptest::prelude::*;

use crate::kinds::tests::expand;
use crate::{FileToScan, ScanContext, Scanner, merge};

/// `expected` lists `kind@line:column`.
fn check(path: &str, template: &str, expected: &[&str]) {
    let text = expand(template, 7);
    let found = Scanner::new().scan_text(path, text.as_bytes());
    let shown: Vec<String> = found
        .value
        .iter()
        .flat_map(|fact| {
            fact.locations
                .iter()
                .map(move |place| format!("{}@{}:{}", fact.kind, place.line.unwrap_or(0), place.column.unwrap_or(0)))
        })
        .collect();
    assert_eq!(shown, expected, "{path}:\n{text}");
    assert_eq!(found.gaps, []);
}

#[test]
fn points_to_line_and_column_of_the_value() {
    check("app.py", "import os\ntoken = \"ghp_@{crc62:30}\"\n", &["github-token@2:10"]);
    check(".env", "A=1\nDB_PASSWORD=hunter2-horses\n", &["generic-password@2:13"]);
}

#[test]
fn joins_an_access_key_id_with_its_secret() {
    check(
        "credentials",
        "[default]\naws_access_key_id = AKIA@{up32:16}\naws_secret_access_key = @{aws:40}\n",
        &["aws-access-key@2:21", "aws-access-key@3:25"],
    );
    check(
        "app.js",
        "const s = { secretAccessKey: '@{aws:40}', accessKeyId: 'AKIA@{up32:16}' }",
        &["aws-access-key@1:31", "aws-access-key@1:88"],
    );
    check("a.conf", "aws_access_key_id = AKIA@{up32:16}\n", &["aws-access-key-id@1:21"]);
}

#[test]
fn one_text_is_told_once_by_its_most_telling_kind() {
    check("local.settings.json", "{\"Values\": {\"DB_PASSWORD\": \"ghp_@{crc62:30}\"}}", &["github-token@1:29"]);
    check("app.py", "PASSWORD = 'postgres://svc:@{b62:16}@db.acme.internal/x'", &["database-url@1:28"]);
}

#[test]
fn references_are_no_secrets() {
    for (path, text) in [
        (
            "template.yaml",
            "Environment:\n  Variables:\n    DB_PASSWORD: '{{resolve:ssm-secure:/db/password}}'\n    API_KEY: !Ref ApiKey\n    TOKEN: !Sub '${Token}'\n",
        ),
        (
            "serverless.yml",
            "environment:\n  DB_PASSWORD: ${ssm:/db/password}\n  API_KEY: ${env:API_KEY}\n  SECRET_NAME: prod/orders/db-credentials-2024\n",
        ),
        ("app.js", "const password = process.env.DB_PASSWORD; const apiKey = await getSecret('orders/api-key-2024');"),
        (
            "app.py",
            "password = os.environ['DB_PASSWORD']\ntoken = event['headers']['authorization']\nsecret = client.get_secret_value(SecretId='prod/db')\n",
        ),
        (
            "local.settings.json",
            "{\"DB_PASSWORD\": \"@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/db/1)\"}",
        ),
        (
            "main.tf",
            "resource \"aws_db_instance\" \"db\" {\n  password = random_password.db.result\n  token = var.token\n}\n",
        ),
        ("openapi.yaml", "password:\n  type: string\n  format: password\naccessToken:\n  type: string\n"),
        ("package-lock.json", "{\"integrity\": \"sha512-@{b64:86}==\", \"apiKey\": \"@{hex:32}\"}"),
        ("locales/de/login.json", "{\"password\": \"Passwort1\", \"token\": \"abc\"}"),
        ("app.test.js", "const password = 'S0me-test-password';"),
    ] {
        check(path, text, &[]);
    }
}

#[test]
fn reads_passwords_of_templates() {
    check(
        "serverless.yml",
        "provider:\n  environment:\n    DB_PASSWORD: winterishere\n    JWT_SECRET: 'sign-with-this-2024'\n",
        &["generic-password@3:18", "jwt-signing-secret@4:18"],
    );
    check("main.tf", "variable \"db_password\" {\n  default = \"winterishere\"\n}\n", &["generic-password@2:14"]);
    check(
        "template.yaml",
        "Parameters:\n  DbPassword:\n    Type: String\n    Default: winterishere\n",
        &["generic-password@4:14"],
    );
}

#[test]
fn forms_that_credentials_take_in_functions() {
    for (path, text, kinds) in [
        (
            "local.settings.json",
            "{\"Values\": {\"AzureWebJobsStorage\": \"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=@{b64:86}==;EndpointSuffix=core.windows.net\",\n\"SqlDb\": \"Server=tcp:acme.database.windows.net,1433;Database=o;User ID=svc;Password=Wint3r-is-here;\",\n\"JWT_SECRET\": \"sign-here-please-77\"}}",
            vec!["azure-storage-account-key", "sql-connection-string", "jwt-signing-secret"],
        ),
        (
            "main.tf",
            "environment {\n  variables = {\n    DB_PASSWORD = \"winterishere\"\n    JWT_SIGNING_SECRET = \"@{b62:32}\"\n  }\n}\n",
            vec!["generic-password", "jwt-signing-secret"],
        ),
        (
            "configuration.json",
            "{\"Environment\": {\"Variables\": {\"DB_PASSWORD\": \"winterishere\", \"API_KEY\": \"@{hex:40}\"}}}",
            vec!["generic-password", "generic-api-key"],
        ),
        (
            "task.json",
            "{\"environment\": [{\"name\": \"DB_PASSWORD\", \"value\": \"winterishere\"}]}",
            vec!["generic-password"],
        ),
        (
            "dist/index.js",
            "var a=1,b=\"ghp_@{crc62:30}\",c=new d.Pool({connectionString:\"postgres://svc:@{b62:14}@db.acme.internal:5432/o\"});",
            vec!["github-token", "database-url"],
        ),
        (
            "dist/index.js.map",
            "{\"sourcesContent\":[\"const t = \\\"xoxb-@{digits:12}-@{digits:13}-@{b62:24}\\\";\\nconst u = 'mongodb://svc:@{b62:14}@db.acme.internal/o'\"]}",
            vec!["slack-token", "database-url"],
        ),
        ("notebook.ipynb", "{\"source\": [\"api_key = \\\"@{b62:32}\\\"\\n\"]}", vec!["generic-api-key"]),
        (
            "docker-compose.yml",
            "services:\n  db:\n    environment:\n      - MYSQL_ROOT_PASSWORD=winterishere\n",
            vec!["generic-password"],
        ),
        ("application.properties", "spring.datasource.password=winterishere\n", vec!["generic-password"]),
        (
            "web.config",
            "<add name=\"Db\" connectionString=\"Data Source=db;User ID=svc;Password=Wint3r-is-here;\" />",
            vec!["sql-connection-string"],
        ),
        (".npmrc", "//npm.acme.internal/:_authToken=@{b62:40}\n", vec!["npm-registry-auth"]),
        ("wp-config.php", "define('DB_PASSWORD', 'Wint3r-is-here');", vec!["generic-password"]),
        ("appsettings.json", "{\"Stripe\": {\"SecretKey\": \"sk_live_@{b62:24}\"}}", vec!["stripe-secret-key"]),
        ("config.go", "cfg := Config{\n\tPassword: \"Wint3r-is-here\",\n}\n", vec!["generic-password"]),
        ("Handler.java", "private static final String API_KEY = \"@{b62:36}\";", vec!["generic-api-key"]),
        (
            "handler.rb",
            "client = Acme.new(api_key: '@{b62:36}', password: 'Wint3r-is-here')",
            vec!["generic-api-key", "generic-password"],
        ),
        (
            "Function.cs",
            "var secret = new ClientSecretCredential(t, c, \"@{b62:3}8Q~@{b62:34}\");",
            vec!["azure-client-secret"],
        ),
        ("app.py", "db = connect(host='db', user='svc', password='letmein')", vec!["generic-password"]),
        ("app.js", "const token = process.env.TOKEN || '@{b62:32}'", vec!["generic-token"]),
        (
            "deploy.sh",
            "curl -H \"Authorization: Bearer @{b62:40}\" https://api.acme.internal",
            vec!["bearer-authorization-header"],
        ),
        ("settings.py", "SECRET_KEY = 'django-insecure-@{b62:20}(@{b62:9})@{b62:18}'", vec!["generic-api-key"]),
        (
            "samconfig.toml",
            "parameter_overrides = \"DbPassword=\\\"Wint3r-is-here\\\" Stage=\\\"dev\\\"\"",
            vec!["generic-password"],
        ),
        ("firebase.js", "const config = { apiKey: \"AIza@{b62:35}\" }", vec!["gcp-api-key"]),
    ] {
        let text = expand(text, 11);
        let found: Vec<_> =
            Scanner::new().scan_text(path, text.as_bytes()).value.iter().map(|fact| fact.kind).collect();
        assert_eq!(found, kinds, "{path}:\n{text}");
    }
}

#[test]
fn sees_through_utf16_and_base64() {
    let text = expand("token=ghp_@{crc62:30}\n", 3);
    let mut utf16 = vec![0xFF, 0xFE];
    utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let found = Scanner::new().scan_text("settings.ps1", &utf16);
    assert_eq!(found.value.len(), 1);
    assert_eq!(found.value[0].locations, [Location::point("settings.ps1", 1, 7)]);
    let wrapped =
        crate::kinds::tests::encode(format!("{{\"login\": \"x\", \"token\": \"{}\"}}", text[6..].trim()).as_bytes());
    let found = Scanner::new().scan_text("app.py", format!("a = 1\nblob = '{wrapped}'\n").as_bytes());
    let kinds: Vec<_> = found.value.iter().map(|fact| (fact.kind, fact.locations[0].clone())).collect();
    assert_eq!(kinds, [("github-token", Location::point("app.py", 2, 9))]);
}

#[test]
fn packages_of_others_are_searched_for_formats_of_providers_only() {
    let token = expand("const t = 'xoxb-@{digits:12}-@{digits:13}-@{b62:24}'; const password = 'S0me-Passw0rd-x'", 1);
    let artifact = Artifact::from_memory([
        ("node_modules/a/index.js", token.as_bytes()),
        ("python/six-1.dist-info/RECORD", &b"six.py,,\n"[..]),
        ("python/six.py", &b"password = 'S0me-Passw0rd-x'\n"[..]),
        ("python/app.py", &b"password = 'S0me-Passw0rd-x'\n"[..]),
    ]);
    let found = Scanner::new().scan_artifact(&artifact, &ScanContext::default());
    let kinds: Vec<_> = found.value.iter().map(|fact| (fact.kind, fact.locations[0].file.as_str())).collect();
    assert_eq!(kinds, [("slack-token", "node_modules/a/index.js"), ("generic-password", "python/app.py")]);
}

#[test]
fn a_value_is_a_packages_own_only_where_every_file_with_it_is() {
    let token = |seed| expand("t = 'xoxb-@{digits:12}-@{digits:13}-@{b62:24}'", seed);
    let (public, copied, own) = (token(1), token(2), token(3));
    let artifact = Artifact::from_memory([
        ("usr/a", public.as_bytes()),
        ("usr/b", public.as_bytes()),
        ("usr/c", copied.as_bytes()),
        ("app/c", copied.as_bytes()),
        ("app/d", own.as_bytes()),
        ("app/e", &b"t = 1"[..]),
    ]);
    let shipped_by = |_: &Artifact, files: &[&artifact::Entry]| {
        let owner = |file: &&artifact::Entry| file.path.strip_prefix("usr/").map(|name| format!("pkg:{name}"));
        assert_eq!(files.len(), 5, "files without credentials are not asked for");
        files.iter().map(owner).collect()
    };
    let context = ScanContext { shipped_by: Some(shipped_by), ..ScanContext::default() };
    let found = Scanner::new().scan_artifact(&artifact, &context);
    let mut owners: Vec<_> =
        found.value.iter().map(|fact| (fact.locations.len(), fact.shipped_by.as_deref())).collect();
    owners.sort_unstable();
    assert_eq!(owners, [(1, None), (2, None), (2, Some("pkg:a"))]);
}

#[test]
fn finds_tokens_in_binary_files_without_a_line() {
    let mut bytes = b"\x00\x01\x02".to_vec();
    bytes.extend(expand("\x00ghp_@{crc62:30}\x00", 5).bytes());
    let found = Scanner::new().scan_text("bootstrap", &bytes);
    assert_eq!(found.value.len(), 1);
    assert_eq!(found.value[0].locations, [Location::file("bootstrap")]);
    assert_eq!(found.value[0].confidence, Confidence::Certain);
}

#[test]
fn environment_variables_are_named_and_placed() {
    let variable = |name: &str, value: SymbolicText, line: u32| EnvironmentVariable {
        name: name.to_owned(),
        value,
        location: Location::line("template.yaml", line),
    };
    let found = Scanner::new().scan_environment(&[
        variable("AWS_KEY_ID", expand("AKIA@{up32:16}", 1).as_str().into(), 3),
        variable("AWS_KEY", expand("@{aws:40}", 1).as_str().into(), 4),
        variable("DB_PASSWORD", "two words 77".into(), 5),
        variable("PASSWORD", SymbolicText::parse_sub("${DbPassword}"), 6),
        variable("TABLE", "orders".into(), 7),
        variable("URL", SymbolicText::parse_sub("postgres://svc:pa55-word-x@${Db.Endpoint}/orders"), 8),
    ]);
    let shown: Vec<_> = found
        .iter()
        .map(|fact| (fact.kind, fact.holder.as_deref().unwrap(), fact.locations.len(), fact.place))
        .collect();
    assert_eq!(
        shown,
        [
            ("aws-access-key", "AWS_KEY", 2, SecretPlace::Environment),
            ("database-url", "URL", 1, SecretPlace::Environment),
        ]
    );
}

#[test]
fn merges_the_same_value_and_forgets_what_the_environment_told() {
    let scanner = Scanner::new();
    let text = "env:\n  DB_PASSWORD: winterishere\n";
    let mut facts = scanner.scan_text("template.yaml", text.as_bytes()).value;
    facts.extend(scanner.scan_environment(&[EnvironmentVariable {
        name: "DB_PASSWORD".to_owned(),
        value: "winterishere".into(),
        location: Location::point("template.yaml", 2, 16),
    }]));
    assert_eq!(facts.len(), 2);
    let merged = merge(facts.clone());
    assert_eq!(merged.len(), 1);
    assert_eq!(merged[0].place, SecretPlace::Environment);
    facts.reverse();
    assert_eq!(merge(facts), merged);
}

#[test]
fn values_never_show() {
    let value = expand("@{b62:40}", 9);
    let found = Scanner::new().scan_text(".env", format!("API_KEY={value}\nSTRIPE=sk_live_{value}\n").as_bytes());
    assert_eq!(found.value.len(), 2);
    assert!(!format!("{found:?}").contains(&value[..6]));
    assert_eq!(found.value[1].preview, "sk_live_…");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_in_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000), path in 0..6_usize) {
        let path = [".env", "a.py", "a.json", "a.xml", "a.md", "bin"][path];
        Scanner::new().scan_file(&FileToScan { path, bytes: &bytes, is_third_party: false });
    }

    #[test]
    fn any_text_of_assignments_no_panic(text in "(password|SECRET_KEY|api_key|AKIA|-----BEGIN |\"|'|=|:|\\\\|[{}()<>,. \n]|[a-z0-9]{1,9}){0,80}", path in 0..5_usize) {
        let path = [".env", "a.py", "a.json", "a.xml", "a.md"][path];
        Scanner::new().scan_file(&FileToScan { path, bytes: text.as_bytes(), is_third_party: false });
    }
}
