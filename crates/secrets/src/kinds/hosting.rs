//! Hosting, networks, infrastructure tools.

use model::{Confidence, Severity};

use crate::checks::Check;
use crate::kind::{Kind, exact};

pub(crate) static HEROKU_KEY: Kind = Kind::pattern(
    "heroku-api-key",
    "Heroku API key",
    &[exact("HRKU-")],
    r"\b(HRKU-(?:AA[0-9A-Za-z_\-]{58}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}))",
)
.source("devcenter.heroku.com/articles/authentication")
.samples(&["HEROKU_API_KEY=HRKU-AA@{b62:58}"], &["HRKU-x"]);

pub(crate) static HEROKU_UUID: Kind = Kind::assigned(
    "heroku-legacy-api-key",
    "Heroku API key",
    &["heroku"],
    &["apikey", "key", "token", "apitoken"],
    r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$",
)
.source("devcenter.heroku.com/articles/authentication")
.samples(&["HEROKU_API_KEY=@{uuid}"], &["HEROKU_APP_ID=@{uuid}"]);

pub(crate) static DIGITALOCEAN_TOKEN: Kind = Kind::pattern(
    "digitalocean-token",
    "DigitalOcean token",
    &[exact("dop_v1_"), exact("doo_v1_"), exact("dor_v1_")],
    r"\b(do[opr]_v1_[0-9a-f]{64})\b",
)
.source("docs.digitalocean.com/reference/api/create-personal-access-token")
.severity(Severity::Critical)
.samples(&["DO_TOKEN=dop_v1_@{hex:64}"], &["dop_v1_x"]);

pub(crate) static CLOUDFLARE_TOKEN: Kind = Kind::assigned(
    "cloudflare-api-token",
    "Cloudflare API token or key",
    &["cloudflare", "cf"],
    &["apitoken", "apikey", "token", "key", "cfapitoken", "cfapikey"],
    r"^(?:[A-Za-z0-9_\-]{40}|[0-9a-f]{37})$",
)
.source("developers.cloudflare.com/fundamentals/api/get-started")
.checks(&[Check::Entropy(3.0), Check::NotWordy])
.samples(&["CLOUDFLARE_API_TOKEN=@{b62:40}", "CF_API_KEY=@{hex:37}"], &["CLOUDFLARE_ZONE_ID=@{hex:32}"]);

pub(crate) static CLOUDFLARE_ORIGIN_KEY: Kind = Kind::pattern(
    "cloudflare-origin-ca-key",
    "Cloudflare origin CA key",
    &[exact("v1.0-")],
    r"\b(v1\.0-[0-9a-f]{24}-[0-9a-f]{146})\b",
)
.source("developers.cloudflare.com/fundamentals/api/get-started/ca-keys")
.samples(&["v1.0-@{hex:24}-@{hex:146}"], &["v1.0-@{hex:24}"]);

pub(crate) static NETLIFY_TOKEN: Kind = Kind::pattern(
    "netlify-token",
    "Netlify access token",
    &[exact("nfp_"), exact("nfc_")],
    r"\b(nf[pc]_[A-Za-z0-9]{36})\b",
)
.source("docs.netlify.com/api/get-started")
.checks(&[Check::Entropy(3.5)])
.samples(&["nfp_@{b62:36}"], &["nfp_x"]);

pub(crate) static VERCEL_TOKEN: Kind = Kind::assigned(
    "vercel-token",
    "Vercel access token",
    &["vercel"],
    &["token", "apitoken", "accesstoken"],
    r"^[A-Za-z0-9]{24}$",
)
.source("vercel.com/docs/rest-api/reference/welcome, authentication")
.checks(&[Check::Entropy(3.5), Check::NotWordy])
.samples(&["VERCEL_TOKEN=@{b62:24}"], &["VERCEL_PROJECT_ID=@{b62:24}"]);

pub(crate) static FLY_TOKEN: Kind = Kind::pattern(
    "fly-access-token",
    "Fly.io access token",
    &[exact("fm1_"), exact("fm2_"), exact("fo1_")],
    r"\b(f(?:m1r?|m2|o1)_[A-Za-z0-9+/=_,\-]{43,})",
)
.source("fly.io/docs/security/tokens")
.reach(1, 700)
.checks(&[Check::Entropy(4.0)])
.samples(&["FLY_API_TOKEN=FlyV1 fm2_@{b64:200}"], &["fm2_x"]);

pub(crate) static SUPABASE_TOKEN: Kind = Kind::pattern(
    "supabase-token",
    "Supabase access token or secret key",
    &[exact("sbp_"), exact("sb_secret_")],
    r"\b(sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_\-]{31})",
)
.source("supabase.com/docs/guides/api/api-keys")
.severity(Severity::Critical)
.samples(&["sbp_@{hex:40}"], &["sbp_x"]);

pub(crate) static RENDER_KEY: Kind =
    Kind::pattern("render-api-key", "Render API key", &[exact("rnd_")], r"\b(rnd_[A-Za-z0-9]{28,32})\b")
        .source("render.com/docs/api")
        .checks(&[Check::Entropy(3.5), Check::NotWordy])
        .samples(&["rnd_@{b62:32}"], &["rnd_x"]);

pub(crate) static VAULT_TOKEN: Kind = Kind::pattern(
    "vault-token",
    "HashiCorp Vault token",
    &[exact("hvs."), exact("hvb."), exact("hvr.")],
    r"\b(hv[sbr]\.[A-Za-z0-9_\-]{24,})",
)
.source("developer.hashicorp.com/vault/docs/concepts/tokens")
.checks(&[Check::Entropy(3.5)])
.samples(&["VAULT_TOKEN=hvs.@{b62:90}"], &["hvs.token"]);

pub(crate) static TERRAFORM_TOKEN: Kind = Kind::pattern(
    "terraform-cloud-token",
    "HCP Terraform token",
    &[exact(".atlasv1.")],
    r"\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_\-=]{60,70})",
)
.source("developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens")
.severity(Severity::Critical)
.reach(16, 90)
.samples(&["token = \"@{b62:14}.atlasv1.@{b62:67}\""], &["x.atlasv1.y"]);

pub(crate) static PULUMI_TOKEN: Kind =
    Kind::pattern("pulumi-token", "Pulumi access token", &[exact("pul-")], r"\b(pul-[0-9a-f]{40})\b")
        .source("pulumi.com/docs/pulumi-cloud/access-management/access-tokens")
        .severity(Severity::Critical)
        .samples(&["PULUMI_ACCESS_TOKEN=pul-@{hex:40}"], &["pul-x"]);

pub(crate) static DOPPLER_TOKEN: Kind = Kind::pattern(
    "doppler-token",
    "Doppler token",
    &[exact("dp.pt."), exact("dp.st."), exact("dp.ct."), exact("dp.sa."), exact("dp.scim."), exact("dp.audit.")],
    r"\b(dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._\-]{40,80})",
)
.source("docs.doppler.com/reference/auth-token-formats")
.severity(Severity::Critical)
.checks(&[Check::Entropy(3.8)])
.samples(&["DOPPLER_TOKEN=dp.st.prd.@{b62:43}"], &["dp.pt.x"]);

pub(crate) static ONEPASSWORD_TOKEN: Kind = Kind::pattern(
    "onepassword-service-account-token",
    "1Password service account token",
    &[exact("ops_eyJ")],
    r"\b(ops_eyJ[A-Za-z0-9+/_\-]{200,}={0,2})",
)
.source("developer.1password.com/docs/service-accounts")
.severity(Severity::Critical)
.confidence(Confidence::Certain)
.reach(1, 1300)
.samples(&["OP_SERVICE_ACCOUNT_TOKEN=ops_eyJ@{b62:700}"], &["ops_eyJ"]);

pub(crate) static ALIBABA_KEY: Kind = Kind::pattern(
    "alibaba-access-key-id",
    "Alibaba Cloud access key id",
    &[exact("LTAI")],
    r"\b(LTAI(?:4|5t)[A-Za-z0-9]{17,20})\b",
)
.source("alibabacloud.com/help/ram, AccessKey pairs")
.severity(Severity::Medium)
.checks(&[Check::Entropy(3.3)])
.samples(&["LTAI5t@{b62:18}"], &["LTAI5t"]);

pub(crate) static CIRCLECI_TOKEN: Kind = Kind::pattern(
    "circleci-token",
    "CircleCI token",
    &[exact("CCIPAT_"), exact("CCIPRJ_")],
    r"\b(CCIP(?:AT|RJ)_[A-Za-z0-9]{22}_[0-9a-f]{40})\b",
)
.source("circleci.com/docs/managing-api-tokens")
.samples(&["CCIPAT_@{b62:22}_@{hex:40}"], &["CCIPAT_x"]);

pub(crate) static BUILDKITE_TOKEN: Kind = Kind::pattern(
    "buildkite-token",
    "Buildkite token",
    &[exact("bkua_"), exact("bkct_")],
    r"\b(bk(?:ua|ct)_[0-9a-f]{40})\b",
)
.source("buildkite.com/docs/apis/managing-api-tokens")
.samples(&["bkua_@{hex:40}"], &["bkua_x"]);
