//! What the name of a variable, key or field says about its value.

/// What a name says its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameClass {
    /// Chosen by a person, perhaps a word.
    Password,
    /// Shared between programs: client secrets, webhook secrets.
    Secret,
    /// Signs tokens, cookies or sessions; never the name of something kept elsewhere.
    SigningSecret,
    Token,
    Key,
}

/// Most words of a name that are looked at; what is longer is no name that a person wrote.
const MAX_WORDS: usize = 12;

/// What the last part of a dotted name says; `None` when it says nothing, or that the value is about a credential
/// without being one (`password_length`, `token_url`, `secret_name`).
pub(crate) fn classify(name: &[u8]) -> Option<NameClass> {
    let last = name.rsplit(|byte| *byte == b'.').find(|part| !part.is_empty())?;
    let words = significant_words(last);
    let (last, before) = words.split_last()?;
    let class = class_of_last_word(last, before)?;
    let before_is = |list: &[&str]| before.iter().any(|word| is_one_of(word, list));
    match class {
        _ if before_is(NEGATIONS) => None,
        NameClass::Token if before.last().is_some_and(|word| is_one_of(word, HARMLESS_TOKENS)) => None,
        NameClass::Secret if before_is(SIGNERS) || before_is(SESSIONS) || starts_with_any(last, SIGNERS) => {
            Some(NameClass::SigningSecret)
        }
        class => Some(class),
    }
}

/// Whether `text` ends like the name of a credential, whatever its other words say: `forgotPassword`, `API_KEY`.
fn ends_like_name(text: &[u8]) -> bool {
    significant_words(text).split_last().is_some_and(|(last, before)| class_of_last_word(last, before).is_some())
}

/// Whether `text`, used as a value, is the name of such a value: `db_password`, `provider.password`.
pub(crate) fn is_name_of_credential(text: &[u8]) -> bool {
    let is_name =
        |part: &[u8]| !part.is_empty() && part.iter().all(|byte| byte.is_ascii_alphabetic() || b"_-".contains(byte));
    let last = text.rsplit(|byte| *byte == b'.').next().unwrap_or(text);
    text.split(|byte| *byte == b'.').all(is_name) && ends_like_name(last)
}

fn class_of_last_word(last: &[u8], before: &[&[u8]]) -> Option<NameClass> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| ends_ignoring_case(last, ending));
    if ends(&["password", "passwd", "passphrase", "passcode", "passwort"]) || is_one_of(last, &["pwd", "pswd"]) {
        return Some(NameClass::Password);
    }
    if is_one_of(last, &["pass", "pw", "pword"]) && !before.is_empty()
        || is_one_of(last, &["dbpass", "userpass", "dbpwd", "mysqlpwd"])
    {
        return Some(NameClass::Password);
    }
    if ends(&["secret"]) {
        return Some(NameClass::Secret);
    }
    if ends(&["token"]) || is_one_of(last, &["pat", "jwt"]) && !before.is_empty() {
        return Some(NameClass::Token);
    }
    if ends(COMPOUND_KEYS)
        || is_one_of(last, &["key", "creds", "credential", "credentials"])
            && before.last().is_some_and(|word| is_one_of(word, KEY_QUALIFIERS))
    {
        return Some(NameClass::Key);
    }
    None
}

/// Endings that do not change what a name says.
const NEUTRAL_ENDINGS: &[&str] = &[
    "value",
    "val",
    "literal",
    "default",
    "prod",
    "production",
    "dev",
    "development",
    "staging",
    "stage",
    "live",
    "local",
    "plain",
    "plaintext",
    "base64",
    "b64",
    "str",
    "string",
    "env",
    "new",
    "old",
    "current",
    "main",
    "primary",
    "secondary",
    "data",
    "text",
];

/// Words before the last that turn the meaning.
const NEGATIONS: &[&str] = &[
    "no",
    "is",
    "has",
    "use",
    "uses",
    "without",
    "public",
    "forgot",
    "reset",
    "change",
    "show",
    "hide",
    "validate",
    "verify",
    "check",
    "hash",
    "hashed",
    "encrypted",
    "invalid",
    "missing",
    "require",
    "requires",
    "required",
    "expected",
    "parse",
    "num",
    "max",
    "min",
    "count",
    "fake",
    "dummy",
    "mock",
    "placeholder",
    "label",
    "hint",
    "regex",
    "pattern",
    "i18n",
    "error",
    "confirm",
    "update",
    "delete",
    "get",
    "generate",
    "manage",
    "rotate",
    "allow",
    "enable",
    "disable",
    "csrf",
    "xsrf",
    "captcha",
];

/// Words before `token` that make it a cursor or a piece of grammar.
const HARMLESS_TOKENS: &[&str] = &[
    "next",
    "page",
    "pagination",
    "continuation",
    "continue",
    "sync",
    "start",
    "starting",
    "end",
    "last",
    "first",
    "previous",
    "prev",
    "lex",
    "lexer",
    "syntax",
    "cancel",
    "cancellation",
    "stop",
    "task",
    "design",
    "marker",
    "separator",
    "special",
    "pad",
    "mask",
    "eos",
    "bos",
    "unknown",
    "unk",
    "idempotency",
    "request",
    "client",
    "operator",
    "string",
    "punctuation",
    "keyword",
    "identifier",
    "comment",
    "number",
    "upload",
    "scroll",
    "resume",
    "injection",
    "di",
    "provider",
];

/// Words that show a secret signs something.
const SIGNERS: &[&str] = &["jwt", "signing", "hmac", "django", "flask"];

/// Words that do so before `secret`, while a `session_key` is a name.
const SESSIONS: &[&str] = &["session", "cookie"];

/// What a key must be of to be a credential.
const KEY_QUALIFIERS: &[&str] = &[
    "api",
    "app",
    "application",
    "secret",
    "access",
    "private",
    "signing",
    "sign",
    "encryption",
    "encrypt",
    "auth",
    "authorization",
    "authentication",
    "master",
    "account",
    "storage",
    "service",
    "functions",
    "host",
    "subscription",
    "license",
    "licence",
    "admin",
    "server",
    "session",
    "cookie",
    "hmac",
    "aes",
    "crypto",
    "jwt",
    "webhook",
    "shared",
    "write",
    "integration",
    "deploy",
    "ingest",
    "ingestion",
    "license",
    "rest",
    "user",
    "sdk",
];

/// Keys whose words are written together.
const COMPOUND_KEYS: &[&str] = &[
    "apikey",
    "secretkey",
    "accesskey",
    "privatekey",
    "authkey",
    "accountkey",
    "signingkey",
    "encryptionkey",
    "masterkey",
    "licensekey",
    "appkey",
];

/// The words of `name`: split at everything that is no letter or digit, and where a capital starts a word.
pub(crate) fn words(name: &[u8]) -> Vec<&[u8]> {
    let mut words = Vec::new();
    let mut start = 0;
    for at in 0..name.len() {
        let byte_at = |at: usize| name.get(at).copied().unwrap_or(b'_');
        let (byte, next) = (byte_at(at), byte_at(at + 1));
        let previous = if at == 0 { b'_' } else { byte_at(at - 1) };
        let starts_word = byte.is_ascii_uppercase()
            && (previous.is_ascii_lowercase()
                || previous.is_ascii_digit()
                || (previous.is_ascii_uppercase() && next.is_ascii_lowercase()));
        if !byte.is_ascii_alphanumeric() || starts_word {
            push_word(&mut words, name.get(start..at));
            start = if byte.is_ascii_alphanumeric() { at } else { at + 1 };
        }
    }
    push_word(&mut words, name.get(start..));
    words.truncate(MAX_WORDS);
    words
}

fn push_word<'a>(words: &mut Vec<&'a [u8]>, word: Option<&'a [u8]>) {
    words.extend(word.filter(|word| !word.is_empty()));
}

pub(crate) fn is_one_of(word: &[u8], list: &[&str]) -> bool {
    list.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

fn ends_ignoring_case(word: &[u8], ending: &str) -> bool {
    word.len()
        .checked_sub(ending.len())
        .and_then(|at| word.get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(ending.as_bytes()))
}

fn starts_with_any(word: &[u8], list: &[&str]) -> bool {
    list.iter().any(|start| crate::allow::starts_ignoring_case(word, start))
}

/// The words of `name` without endings that do not change what it says (`PASSWORD_PROD`, `key1`).
pub(crate) fn significant_words(name: &[u8]) -> Vec<&[u8]> {
    let mut words = words(name);
    while words.len() > 1
        && words.last().is_some_and(|word| is_one_of(word, NEUTRAL_ENDINGS) || word.iter().all(u8::is_ascii_digit))
    {
        words.pop();
    }
    words
}

/// Lower-case letters and digits of `text`, nothing else.
pub(crate) fn normalized(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_names_into_words() {
        let joined = |name: &str| {
            words(name.as_bytes()).iter().map(|word| String::from_utf8_lossy(word)).collect::<Vec<_>>().join(" ")
        };
        for (name, expected) in [
            ("DB_PASSWORD", "DB PASSWORD"),
            ("dbPassword", "db Password"),
            ("AWSSecretKey", "AWS Secret Key"),
            ("api-key", "api key"),
            ("", ""),
        ] {
            assert_eq!(joined(name), expected);
        }
    }

    #[test]
    fn knows_what_names_say() {
        use NameClass::{Key, Password, Secret, SigningSecret, Token};
        let cases: [(&str, Option<NameClass>); 36] = [
            ("DB_PASSWORD", Some(Password)),
            ("dbPassword", Some(Password)),
            ("config.db.password", Some(Password)),
            ("MYSQL_PWD", Some(Password)),
            ("db_pass", Some(Password)),
            ("pass", None),
            ("password_length", None),
            ("resetPassword", None),
            ("PASSWORD_PROD", Some(Password)),
            ("adminpassword1", None),
            ("clientSecret", Some(Secret)),
            ("SECRET_NAME", None),
            ("secretArn", None),
            ("JWT_SECRET", Some(SigningSecret)),
            ("jwtSecret", Some(SigningSecret)),
            ("SECRET_KEY", Some(Key)),
            ("DJANGO_SECRET_KEY", Some(Key)),
            ("SESSION_SECRET", Some(SigningSecret)),
            ("SESSION_KEY", Some(Key)),
            ("nextToken", None),
            ("csrf_token", None),
            ("max_tokens", None),
            ("GITHUB_TOKEN", Some(Token)),
            ("authtoken", Some(Token)),
            ("tokenUrl", None),
            ("apiKey", Some(Key)),
            ("API_KEY_ID", None),
            ("apikey", Some(Key)),
            ("PartitionKey", None),
            ("publicKey", None),
            ("key", None),
            ("access_key", Some(Key)),
            ("PASSWORD_1", Some(Password)),
            ("hasPassword", None),
            ("x.y.", None),
            ("", None),
        ];
        for (name, expected) in cases {
            assert_eq!(classify(name.as_bytes()), expected, "{name}");
        }
    }
}
