//! Whether a value that stands under a telling name is a credential.

use model::Confidence;

use crate::allow;
use crate::name::{self, NameClass, is_one_of, normalized};
use crate::randomness::{classes, entropy, is_wordy};
use crate::syntax::Syntax;

/// Longer values are documents, not credentials.
const MAX_VALUE_BYTES: usize = 400;

/// How surely `value` is a credential of this class; `None` when it is none. `near` is the text around it.
pub(crate) fn judge(value: &[u8], class: NameClass, name: &[u8], syntax: Syntax, near: &[u8]) -> Option<Confidence> {
    let fits = (4..=MAX_VALUE_BYTES).contains(&value.len())
        && value.iter().all(|byte| byte.is_ascii_graphic() || !byte.is_ascii());
    if !fits
        || allow::is_reference(value)
        || allow::is_placeholder(value)
        || is_named_not_given(value, class, name)
        || is_locator(value)
    {
        return None;
    }
    match class {
        NameClass::Password => password(value, syntax, near),
        NameClass::Secret | NameClass::SigningSecret => secret(value, class, syntax),
        NameClass::Token | NameClass::Key => token(value, syntax),
    }
}

/// Words that say of which type, or how, a value is, and weak defaults that everybody knows.
const WORDS_OF_SCHEMAS: &[&str] = &[
    "string",
    "text",
    "str",
    "varchar",
    "char",
    "password",
    "passwd",
    "pass",
    "hash",
    "bool",
    "boolean",
    "true",
    "false",
    "required",
    "optional",
    "hidden",
    "none",
    "null",
    "undefined",
    "empty",
    "default",
    "value",
    "any",
    "object",
    "number",
    "integer",
    "secret",
    "token",
    "bearer",
    "basic",
    "apikey",
    "apiKey",
    "admin",
    "root",
    "user",
    "username",
    "test",
    "testing",
    "guest",
    "postgres",
    "mysql",
    "test123",
    "todo",
    "tbd",
    "n/a",
    "nil",
    "yes",
    "no",
    "on",
    "off",
    "secure",
    "securestring",
    "plain",
    "plaintext",
    "base64",
    "utf8",
    "query",
    "header",
    "cookie",
    "body",
    "oauth",
    "oauth2",
    "jwt",
    "access_token",
    "refresh_token",
    "id_token",
    "client_credentials",
    "authorization_code",
    "authorization",
    "accesstoken",
    "idtoken",
    "private",
    "public",
    "disabled",
    "enabled",
    "aws_iam",
    "cognito",
    "inherit",
    "self",
    "this",
    "function",
    "anonymous",
    "optionalstring",
    "changeit",
    "unused",
    "ignored",
    "redacted",
    "removed",
    "masked",
];

/// The value repeats its name, is the name of such a value, or a word of a schema.
fn is_named_not_given(value: &[u8], class: NameClass, name: &[u8]) -> bool {
    let same = normalized(value) == normalized(name.rsplit(|byte| *byte == b'.').next().unwrap_or(name));
    let is_name = name::is_name_of_credential(value);
    let is_one_word = value.iter().all(u8::is_ascii_lowercase);
    let may_be_word = matches!(class, NameClass::Password | NameClass::SigningSecret);
    same || is_one_of(value, WORDS_OF_SCHEMAS) || (is_name && !(is_one_word && may_be_word && value.len() > 8))
}

/// Addresses and paths: of a file, of a secret in a store, of a class.
fn is_locator(value: &[u8]) -> bool {
    let holds = |part: &str| allow::contains_ignoring_case(value, part);
    let ends = |ending: &str| value.len() > ending.len() && value.ends_with(ending.as_bytes());
    let is_dotted = value.split(|byte| *byte == b'.').count() > 2
        && value.split(|byte| *byte == b'.').all(is_identifier)
        && is_wordy(value);
    let is_hash = HASH_STARTS.iter().any(|start| allow::starts_ignoring_case(value, start));
    let is_call = value.ends_with(b")") && value.contains(&b'(') && is_wordy(value);
    matches!(value, [b'/' | b'~', ..] | [b'.', b'/' | b'.', ..] | [b'0', b'x', ..])
        || holds("://")
        || [".pem", ".key", ".json", ".txt", ".crt", ".yaml", ".yml", ".com", ".env", ".js", ".py"]
            .into_iter()
            .any(ends)
        || is_dotted
        || is_call
        || is_hash
}

/// Stored forms of passwords, which do not tell them.
const HASH_STARTS: &[&str] = &[
    "$2a$", "$2b$", "$2y$", "$argon2", "$6$", "$5$", "$1$", "{ssha}", "pbkdf2", "scrypt:", "$scrypt$", "sha256$",
    "bcrypt",
];

fn is_identifier(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'-')
}

/// Passwords may be words where configuration says so; in code they must not look like names or messages.
fn password(value: &[u8], syntax: Syntax, near: &[u8]) -> Option<Confidence> {
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    let has_digit = has(u8::is_ascii_digit);
    let is_plain_word = value.iter().all(u8::is_ascii_alphabetic);
    let is_name_like = is_identifier(value) && !has_digit && (is_wordy(value) || is_plain_word);
    let strong = value.len() >= 8 && classes(value) >= 2 && !is_name_like;
    match syntax {
        Syntax::Config | Syntax::Json | Syntax::Markup if strong => Some(Confidence::Likely),
        Syntax::Config | Syntax::Json | Syntax::Markup => {
            (value.len() >= 6 || has_digit).then_some(Confidence::Possible)
        }
        Syntax::Code if value.len() < 6 || is_message(value) => None,
        Syntax::Code if !is_name_like && classes(value) >= 2 => {
            Some(if strong && has_digit { Confidence::Likely } else { Confidence::Possible })
        }
        Syntax::Code => (is_plain_word && !is_title(value) && is_connection(near)).then_some(Confidence::Possible),
        Syntax::Prose => {
            (strong && has_digit && classes(value) >= 3 && !is_wordy(value)).then_some(Confidence::Possible)
        }
        Syntax::Generated => None,
    }
}

/// `Passwort`: a label.
fn is_title(value: &[u8]) -> bool {
    value.first().is_some_and(u8::is_ascii_uppercase)
}

/// Whether somebody signs in here: the arguments of a connection, a user's name beside it.
fn is_connection(near: &[u8]) -> bool {
    CONNECTION_SIGNS.iter().any(|sign| allow::contains_ignoring_case(near, sign))
}

const CONNECTION_SIGNS: &[&str] = &[
    "user=",
    "user =",
    "user:",
    "user\":",
    "user':",
    "username=",
    "username =",
    "username:",
    "username\":",
    "username':",
    "host=",
    "host =",
    "host:",
    "host\":",
    "host':",
    "connect(",
    "createconnection",
    "createpool",
    "login(",
];

/// Something that a program prints or matches.
fn is_message(value: &[u8]) -> bool {
    let odd = |byte: &u8| matches!(byte, b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'\\' | b'|' | b',' | b';' | b'/');
    value.iter().any(odd) && is_wordy(value)
        || value.iter().filter(|byte| odd(byte)).count() > 2
        || value.ends_with(b":")
        || value.starts_with(b"--")
}

fn secret(value: &[u8], class: NameClass, syntax: Syntax) -> Option<Confidence> {
    let has_digit = value.iter().any(u8::is_ascii_digit);
    let is_name_like = is_wordy(value) && !has_digit;
    let is_kept_elsewhere = value.contains(&b'/') && is_wordy(value);
    let signs = class == NameClass::SigningSecret;
    match syntax {
        Syntax::Generated => None,
        _ if value.len() < 8 || is_kept_elsewhere => None,
        _ if is_name_like => (signs && syntax != Syntax::Prose).then_some(Confidence::Possible),
        Syntax::Prose => token(value, syntax),
        Syntax::Code if !has_digit && classes(value) < 3 => {
            (signs && value.len() >= 12).then_some(Confidence::Possible)
        }
        _ if value.len() >= 16 && entropy(value) >= 3.0 => Some(Confidence::Likely),
        _ => Some(Confidence::Possible),
    }
}

/// Made by a generator: long, mixed, not words, no identifier of something public.
fn token(value: &[u8], syntax: Syntax) -> Option<Confidence> {
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    let is_token_text = value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-.:~!@#$%^&*()".contains(byte));
    let bits = entropy(value);
    let random = value.len() >= 16
        && mixed
        && is_token_text
        && bits >= 3.0
        && !is_wordy(value)
        && !is_uuid(value)
        && !is_tailed_words(value);
    let strong = value.len() >= 20 && bits >= 3.3;
    match syntax {
        Syntax::Generated => None,
        Syntax::Prose => (random && strong && classes(value) >= 3).then_some(Confidence::Possible),
        _ if !random => None,
        _ if strong => Some(Confidence::Likely),
        _ => Some(Confidence::Possible),
    }
}

/// `us-east-1_AbC`, `2012-10-17`, `my-table-dev-2`: words joined by dashes with digits at an end.
fn is_tailed_words(value: &[u8]) -> bool {
    let parts: Vec<&[u8]> = value.split(|byte| b"-_./:".contains(byte)).collect();
    let is_simple = |part: &&[u8]| {
        part.len() < 9 && (part.iter().all(u8::is_ascii_digit) || part.iter().all(u8::is_ascii_alphabetic))
            || part.iter().all(u8::is_ascii_alphabetic) && is_wordy(part)
    };
    parts.len() > 2 && parts.iter().filter(|part| is_simple(part)).count() * 4 >= parts.len() * 3
}

/// `8-4-4-4-12` hexadecimal digits.
pub(crate) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str, syntax: Syntax, expected: bool) {
        let class = name::classify(name.as_bytes()).unwrap_or_else(|| panic!("{name} says nothing"));
        let found = judge(value.as_bytes(), class, name.as_bytes(), syntax, b"");
        assert_eq!(found.is_some(), expected, "{name} = {value} in {syntax:?}: {found:?}");
    }

    #[test]
    fn believes_words_as_passwords_only_in_configuration() {
        for (value, in_config, in_code) in [
            ("hunter2", true, true),
            ("Summer2024!", true, true),
            ("letmein", true, false),
            ("forgotPassword", false, false),
            ("DB_PASSWORD", false, false),
            ("password", false, false),
            ("string", false, false),
            ("s3cr3t-but-longer", true, true),
            ("abc", false, false),
        ] {
            check("DB_PASSWORD", value, Syntax::Config, in_config);
            check("DB_PASSWORD", value, Syntax::Code, in_code);
        }
    }

    #[test]
    fn believes_words_in_code_beside_a_user_or_a_host() {
        let found = |near: &str| judge(b"letmein", NameClass::Password, b"password", Syntax::Code, near.as_bytes());
        assert_eq!(found("connect(host='db', user='svc', password='letmein')"), Some(Confidence::Possible));
        assert_eq!(found("{ password: 'letmein' }"), None);
    }

    #[test]
    fn tells_secrets_from_names_of_secrets() {
        check("DB_SECRET", "prod/orders/db", Syntax::Config, false);
        check("DB_SECRET", "orders-db-credentials", Syntax::Config, false);
        check("JWT_SECRET", "mysupersecretjwtvalue", Syntax::Config, true);
        check("CLIENT_SECRET", &["q7Vk2ZpX", "9LmW4tRb8N"].concat(), Syntax::Code, true);
    }

    #[test]
    fn wants_tokens_to_be_random() {
        check("API_KEY", &["q7Vk2ZpX9Lm", "W4tRb8NyC6"].concat(), Syntax::Code, true);
        check("API_KEY", "8f14e45f-ceea-467f-ab66-1b2d3c4e5f60", Syntax::Code, false);
        check("API_KEY", "com.amazonaws.services.gateway", Syntax::Config, false);
        check("API_KEY", "my-table-dev-us-east-1", Syntax::Config, false);
        check("accessToken", "authorizationTokenHeader1", Syntax::Code, false);
    }
}
