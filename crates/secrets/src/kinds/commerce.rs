//! Payments and shops.

use model::{Confidence, Severity};

use crate::checks::Check;
use crate::kind::{Kind, exact};

pub(crate) static STRIPE_KEY: Kind = Kind::pattern(
    "stripe-secret-key",
    "Stripe secret key",
    &[exact("sk_live_"), exact("rk_live_")],
    r"\b([sr]k_live_[A-Za-z0-9]{16,247})\b",
)
.source("docs.stripe.com/keys")
.severity(Severity::Critical)
.checks(&[Check::Entropy(3.3)])
.samples(
    &["stripe.api_key = 'sk_live_@{b62:24}'", "rk_live_@{b62:99}"],
    &["sk_live_xxxxxxxxxxxxxxxxxxxxxxxx", "pk_live_@{b62:24}"],
);

pub(crate) static STRIPE_TEST_KEY: Kind = Kind::pattern(
    "stripe-test-key",
    "Stripe test key",
    &[exact("sk_test_"), exact("rk_test_")],
    r"\b([sr]k_test_[A-Za-z0-9]{16,247})\b",
)
.source("docs.stripe.com/keys")
.severity(Severity::Low)
.checks(&[Check::Entropy(3.3)])
.samples(&["STRIPE_KEY=sk_test_@{b62:24}"], &["sk_test_your_key_here_please"]);

pub(crate) static STRIPE_WEBHOOK: Kind = Kind::pattern(
    "stripe-webhook-secret",
    "Stripe webhook signing secret",
    &[exact("whsec_")],
    r"\b(whsec_[A-Za-z0-9+/]{32,64}={0,2})",
)
.source("docs.stripe.com/webhooks/signature")
.checks(&[Check::Entropy(3.5)])
.samples(&["endpointSecret = 'whsec_@{b62:32}'"], &["whsec_..."]);

pub(crate) static SQUARE_TOKEN: Kind = Kind::pattern(
    "square-access-token",
    "Square access token or client secret",
    &[exact("sq0atp-"), exact("sq0csp-"), exact("EAAA")],
    r"\b(sq0atp-[A-Za-z0-9_\-]{22}|sq0csp-[A-Za-z0-9_\-]{43}|EAAA[a-zA-Z0-9_\-]{60})(?:[^A-Za-z0-9_\-]|$)",
)
.source("developer.squareup.com/docs/build-basics/access-tokens")
.severity(Severity::Critical)
.checks(&[Check::Entropy(3.8)])
.samples(&["sq0atp-@{b62:22}", "sq0csp-@{b62:43}", "SQUARE_TOKEN=EAAA@{b62:60}"], &["sq0atp-x"]);

pub(crate) static BRAINTREE_TOKEN: Kind = Kind::pattern(
    "braintree-access-token",
    "PayPal Braintree access token",
    &[exact("access_token$")],
    r"(access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32})",
)
.source("developer.paypal.com/braintree/docs, access tokens")
.severity(Severity::Critical)
.samples(&["access_token$production$@{lower:16}$@{hex:32}"], &["access_token$production$"]);

pub(crate) static PAYPAL_SECRET: Kind = Kind::assigned(
    "paypal-client-secret",
    "PayPal client secret",
    &["paypal"],
    &["secret", "clientsecret", "appsecret", "secretkey"],
    r"^E[A-Za-z0-9_\-]{79}$",
)
.source("developer.paypal.com/api/rest, get client id and client secret")
.severity(Severity::Critical)
.checks(&[Check::Entropy(4.0)])
.samples(&["PAYPAL_CLIENT_SECRET=E@{b62:79}"], &["PAYPAL_CLIENT_ID=A@{b62:79}"]);

pub(crate) static SHOPIFY_TOKEN: Kind = Kind::pattern(
    "shopify-access-token",
    "Shopify access token or shared secret",
    &[exact("shpat_"), exact("shpca_"), exact("shppa_"), exact("shpss_"), exact("shptka_")],
    r"\b(shp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{32})\b",
)
.source("shopify.dev/docs/apps/build/authentication-authorization, access tokens")
.severity(Severity::Critical)
.samples(&["SHOPIFY_TOKEN=shpat_@{hex:32}"], &["shpat_@{hex:8}"]);

pub(crate) static PLAID_TOKEN: Kind = Kind::pattern(
    "plaid-access-token",
    "Plaid access token",
    &[exact("access-production-"), exact("access-development-")],
    r"\b(access-(?:production|development)-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b",
)
.source("plaid.com/docs/quickstart/glossary")
.severity(Severity::Critical)
.samples(&["access-production-@{uuid}"], &["access-production-x"]);

pub(crate) static RAZORPAY_KEY: Kind = Kind::assigned(
    "razorpay-key-secret",
    "Razorpay key secret",
    &["razorpay"],
    &["secret", "keysecret", "secretkey"],
    r"^[A-Za-z0-9]{24}$",
)
.source("razorpay.com/docs/payments/dashboard/account-settings/api-keys")
.checks(&[Check::Entropy(3.5), Check::NotWordy])
.samples(&["RAZORPAY_KEY_SECRET=@{b62:24}"], &["RAZORPAY_KEY_ID=@{b62:24}"]);

pub(crate) static FLUTTERWAVE_KEY: Kind = Kind::pattern(
    "flutterwave-secret-key",
    "Flutterwave secret key",
    &[exact("FLWSECK-")],
    r"\b(FLWSECK-[0-9a-z]{32,45}-X)\b",
)
.source("developer.flutterwave.com/docs/authentication")
.samples(&["FLWSECK-@{hex:32}-X"], &["FLWSECK_TEST"]);

pub(crate) static EASYPOST_KEY: Kind =
    Kind::pattern("easypost-api-key", "EasyPost API key", &[exact("EZAK")], r"\b(EZAK[A-Za-z0-9]{54})\b")
        .source("docs.easypost.com/docs/authentication")
        .confidence(Confidence::Certain)
        .checks(&[Check::Entropy(4.0)])
        .samples(&["EZAK@{b62:54}"], &["EZAK@{b62:9}"]);

pub(crate) static SHIPPO_TOKEN: Kind =
    Kind::pattern("shippo-api-token", "Shippo API token", &[exact("shippo_live_")], r"\b(shippo_live_[0-9a-f]{40})\b")
        .source("docs.goshippo.com/docs/guides_general/authentication")
        .samples(&["shippo_live_@{hex:40}"], &["shippo_test_@{hex:40}"]);
