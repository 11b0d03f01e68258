//! Messaging: chat, mail, telephone.

use model::{Confidence, Severity};

use crate::checks::{self, Check};
use crate::kind::{Kind, any_case, exact};

pub(crate) static SLACK_TOKEN: Kind = Kind::pattern(
    "slack-token",
    "Slack token",
    &[exact("xoxb-"), exact("xoxp-"), exact("xoxa-"), exact("xoxr-"), exact("xoxs-"), exact("xoxe"), exact("xapp-"), exact("xoxc-"), exact("xoxd-")],
    r"\b(xox[abprscd]-(?:\d-)?(?:[0-9]{9,14}-){1,3}[A-Za-z0-9\-]{20,80}|xoxe(?:\.xox[bp])?-\d-[A-Za-z0-9]{100,200}|xapp-\d-[A-Z0-9]{9,12}-\d{10,14}-[0-9a-f]{64})",
)
.source("api.slack.com/concepts/token-types; docs.slack.dev")
.severity(Severity::Critical)
.checks(&[Check::Entropy(3.0)])
.samples(
    &["SLACK_BOT_TOKEN=xoxb-@{digits:12}-@{digits:13}-@{b62:24}", "xapp-1-A@{up32:10}-@{digits:13}-@{hex:64}"],
    &["xoxb-your-token", "xoxb-000000000000-000000000000-xxxxxxxxxxxxxxxxxxxxxxxx"],
);

pub(crate) static SLACK_WEBHOOK: Kind = Kind::pattern(
    "slack-webhook",
    "Slack webhook address",
    &[exact("hooks.slack.com/")],
    r"hooks\.slack\.com/((?:services|workflows|triggers)/[A-Za-z0-9]{8,14}/[A-Za-z0-9]{8,20}/(?:\d+/)?[A-Za-z0-9]{20,40})",
)
.source("docs.slack.dev, sending messages using incoming webhooks")
.reach(1, 160)
.checks(&[Check::Entropy(3.5)])
.samples(
    &["https://hooks.slack.com/services/T@{up32:9}/B@{up32:9}/@{b62:24}"],
    &["https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", "https://hooks.slack.com/services/"],
);

pub(crate) static DISCORD_TOKEN: Kind = Kind::pattern(
    "discord-bot-token",
    "Discord bot token",
    &[
        exact("MT"),
        exact("MD"),
        exact("Mj"),
        exact("Mz"),
        exact("ND"),
        exact("NT"),
        exact("Nj"),
        exact("Nz"),
        exact("OD"),
        exact("OT"),
    ],
    r"\b([MNO][DTjz][A-Za-z0-9]{21,26}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,38})",
)
.source("discord.com/developers/docs/reference, authentication: bot tokens start with the id in base64")
.severity(Severity::Critical)
.reach(1, 90)
.checks(&[Check::Run(checks::discord_id), Check::Entropy(3.5)])
.samples(&["client.login('@{discord}.G@{b62:5}.@{b62:38}')"], &["MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM"]);

pub(crate) static DISCORD_WEBHOOK: Kind = Kind::pattern(
    "discord-webhook",
    "Discord webhook address",
    &[exact("/api/webhooks/")],
    r"discord(?:app)?\.com/api/webhooks/(\d{17,20}/[A-Za-z0-9_\-]{60,80})",
)
.source("discord.com/developers/docs/resources/webhook")
.severity(Severity::Medium)
.reach(24, 140)
.samples(&["https://discord.com/api/webhooks/@{digits:18}/@{b62:68}"], &["https://discord.com/api/webhooks/id/token"]);

pub(crate) static TEAMS_WEBHOOK: Kind = Kind::pattern(
    "teams-webhook",
    "Microsoft Teams webhook address",
    &[exact("/webhookb2/")],
    r"webhook\.office\.com/webhookb2/([0-9a-f\-]{36}@[0-9a-f\-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f\-]{36})",
)
.source("learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors")
.severity(Severity::Medium)
.reach(24, 220)
.samples(
    &["https://acme.webhook.office.com/webhookb2/@{uuid}@@{uuid}/IncomingWebhook/@{hex:32}/@{uuid}"],
    &["https://acme.webhook.office.com/webhookb2/x"],
);

pub(crate) static TELEGRAM_TOKEN: Kind = Kind::pattern(
    "telegram-bot-token",
    "Telegram bot token",
    &[exact(":AA")],
    r"\b(\d{8,10}:AA[A-Za-z0-9_\-]{33})(?:[^A-Za-z0-9_\-]|$)",
)
.source("core.telegram.org/bots/features, botfather")
.reach(12, 48)
.checks(&[Check::Entropy(3.8)])
.samples(&["TELEGRAM_TOKEN=@{digits:10}:AA@{b62:33}"], &["12:AA@{b62:33}"]);

pub(crate) static TWILIO_API_KEY: Kind = Kind::pattern(
    "twilio-auth-token",
    "Twilio auth token or API key secret",
    &[any_case("twilio")],
    r#"(?i)twilio[a-z0-9_.\-]{0,40}(?:token|secret|password)[a-z_]{0,12}\\?["'\])]{0,3}\s{0,4}(?:[:=,]|=>|\|\|)\s{0,4}\\?["'`]?([0-9a-zA-Z]{32})(?:[^0-9a-zA-Z]|$)"#,
)
.source("twilio.com/docs/iam/api-keys; twilio.com/docs/glossary/what-is-a-sid")
.reach(1, 160)
.checks(&[Check::Entropy(3.0), Check::NotWordy])
.samples(&["TWILIO_AUTH_TOKEN=@{hex:32}", "twilioAuthToken: '@{hex:32}'"], &["TWILIO_ACCOUNT_SID=AC@{hex:32}", "TWILIO_AUTH_TOKEN=your_auth_token"]);

pub(crate) static TWILIO_PAIR: Kind = Kind::pattern(
    "twilio-account-credentials",
    "Twilio account id with auth token",
    &[any_case("twilio"), any_case("accountsid"), any_case("account_sid")],
    r#"\b(?:AC|SK)[0-9a-f]{32}["'`]?[\s,;]{1,24}(?:[A-Za-z_$.\- ]{0,40}\s?[=:]\s{0,2})?["'`]?([0-9A-Za-z]{32})(?:["'`\s,;)]|$)"#,
)
.source("twilio.com/docs/usage/requests-to-twilio")
.reach(8, 320)
.checks(&[Check::Entropy(3.0), Check::NotWordy])
.samples(&["twilio('AC@{hex:32}', '@{hex:32}')", "accountSid = 'AC@{hex:32}'\nauthToken = '@{hex:32}'"], &["AC@{hex:32}"]);

pub(crate) static SENDGRID_KEY: Kind = Kind::pattern(
    "sendgrid-api-key",
    "SendGrid API key",
    &[exact("SG.")],
    r"\b(SG\.[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43})(?:[^A-Za-z0-9_\-]|$)",
)
.source("twilio.com/docs/sendgrid/ui/account-and-settings/api-keys")
.severity(Severity::Critical)
.reach(1, 80)
.checks(&[Check::Entropy(3.8)])
.samples(&["SENDGRID_API_KEY=SG.@{b62:22}.@{b62:43}"], &["SG.@{b62:22}"]);

pub(crate) static MAILGUN_KEY: Kind = Kind::pattern(
    "mailgun-api-key",
    "Mailgun API key",
    &[exact("key-"), any_case("mailgun")],
    r#"(?:\b(key-[0-9a-f]{32})\b|(?i:mailgun)[^\n]{0,60}?["'=:\s]([0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\b)"#,
)
.source("documentation.mailgun.com, API authentication; help.mailgun.com API keys")
.reach(1, 180)
.checks(&[Check::Entropy(3.0)])
.samples(&["MAILGUN_API_KEY=key-@{hex:32}", "mailgun({apiKey: '@{hex:32}-@{hex:8}-@{hex:8}'})"], &["key-@{hex:16}"]);

pub(crate) static MAILCHIMP_KEY: Kind =
    Kind::pattern("mailchimp-api-key", "Mailchimp API key", &[exact("-us")], r"\b([0-9a-f]{32}-us\d{1,2})\b")
        .source("mailchimp.com/developer/marketing/guides/quick-start")
        .reach(34, 8)
        .checks(&[Check::Entropy(3.0)])
        .samples(&["MAILCHIMP_API_KEY=@{hex:32}-us19"], &["@{hex:30}-us19"]);

pub(crate) static BREVO_KEY: Kind = Kind::pattern(
    "brevo-api-key",
    "Brevo API or SMTP key",
    &[exact("xkeysib-"), exact("xsmtpsib-")],
    r"\b(x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16})\b",
)
.source("developers.brevo.com/docs/getting-started")
.samples(&["xkeysib-@{hex:64}-@{b62:16}"], &["xkeysib-x"]);

pub(crate) static POSTMARK_TOKEN: Kind = Kind::assigned(
    "postmark-server-token",
    "Postmark server token",
    &["postmark"],
    &["token", "apikey", "apitoken", "servertoken", "key"],
    r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$",
)
.source("postmarkapp.com/developer/api/overview, authentication")
.samples(&["POSTMARK_API_TOKEN=@{uuid}"], &["POSTMARK_SERVER_ID=@{uuid}"]);

pub(crate) static RESEND_KEY: Kind =
    Kind::pattern("resend-api-key", "Resend API key", &[exact("re_")], r"\b(re_[A-Za-z0-9]{7,9}_[A-Za-z0-9]{23,26})\b")
        .source("resend.com/docs/dashboard/api-keys")
        .checks(&[Check::Entropy(3.8), Check::Classes(3), Check::NotWordy])
        .samples(&["RESEND_API_KEY=re_@{b62:8}_@{b62:24}"], &["re_exported_functions_are_listed_below"]);

pub(crate) static PUSHOVER_TOKEN: Kind = Kind::assigned(
    "pushover-token",
    "Pushover token",
    &["pushover"],
    &["token", "apitoken", "userkey", "key"],
    r"^[a-z0-9]{30}$",
)
.source("pushover.net/api")
.severity(Severity::Low)
.confidence(Confidence::Likely)
.checks(&[Check::Entropy(3.0), Check::NotWordy])
.samples(&["PUSHOVER_TOKEN=a@{lower:29}"], &["PUSHOVER_TOKEN=$X"]);
