//! Credentials that only the name in front of them gives away. Off in packages of others, in tests and in translations.

use model::{Confidence, Severity};

use crate::kind::Kind;

pub(crate) static GENERIC_PASSWORD: Kind = Kind::generic("generic-password", "Password")
    .source("CWE-259, use of hard-coded password")
    .confidence(Confidence::Possible)
    .severity(Severity::High)
    .samples(
        &[
            "DB_PASSWORD=hunter2hunter",
            "{\"password\": \"Tr0ub4dor-3-horses\"}",
            "spring.datasource.password=Qw7-horses",
        ],
        &[
            "DB_PASSWORD=${DB_PASSWORD}",
            "password: string",
            "DB_PASSWORD: '{{resolve:secretsmanager:prod/db}}'",
            "PASSWORD_MIN_LENGTH=12345678",
        ],
    );

pub(crate) static GENERIC_SECRET: Kind = Kind::generic("generic-secret", "Shared secret")
    .source("CWE-798, use of hard-coded credentials")
    .confidence(Confidence::Possible)
    .samples(
        &["CLIENT_SECRET=@{b62:32}", "webhookSecret: '@{b62:24}'"],
        &["SECRET_ARN=arn:aws:secretsmanager:eu-west-1:1:secret:x", "DB_SECRET: prod/orders/db"],
    );

pub(crate) static GENERIC_TOKEN: Kind = Kind::generic("generic-token", "Access token")
    .source("CWE-798, use of hard-coded credentials")
    .confidence(Confidence::Possible)
    .samples(
        &["ACME_ACCESS_TOKEN=@{b62:40}"],
        &["NEXT_TOKEN=@{b62:40}", "ACCESS_TOKEN=$TOKEN", "access_token: authorizationToken"],
    );

pub(crate) static GENERIC_API_KEY: Kind = Kind::generic("generic-api-key", "API or encryption key")
    .source("CWE-798, use of hard-coded credentials; CWE-321, use of hard-coded cryptographic key")
    .confidence(Confidence::Possible)
    .samples(
        &["ACME_API_KEY=@{hex:32}", "\"encryptionKey\": \"@{b64:43}=\""],
        &["PartitionKey=@{hex:32}", "API_KEY_ID=@{hex:32}", "apiKey: '@{uuid}'"],
    );

pub(crate) static JWT_SIGNING_SECRET: Kind =
    Kind::generic("jwt-signing-secret", "Secret that signs tokens or sessions")
        .source("RFC 8725 §3.5; CWE-321, use of hard-coded cryptographic key")
        .confidence(Confidence::Possible)
        .severity(Severity::Critical)
        .samples(
            &["JWT_SECRET=@{b62:32}", "SESSION_SECRET: correct-horses-sign-here"],
            &["JWT_SECRET=your-256-bit-secret", "JWT_SECRET: !Ref JwtSecret", "JWT_SECRET_ARN=x"],
        );
