//! A report in which every kind of value occurs, and one in which none does.

use model::advisory::{AdvisoryMatch, AdvisorySource, Cvss, MatchStatus, SeverityBasis};
use model::call::{Binding, Call, Via};
use model::component::{Component, Evidence, EvidenceKind, Origin, Presence, Reach, Version};
use model::finding::{SuppressedFinding, Suppression, SuppressionKind};
use model::function::{
    Cloud, CodeContent, CodeSource, EnvironmentVariable, Exposure, Function, FunctionKind, Identity, Trigger,
};
use model::permission::{
    Conditions, Effect, GrantHarm, Harm, Judgement, Need, NeedEvidence, Permissions, Policy, PolicyKind,
    RecommendedStatement, Statement, Tier, Use, Verdict,
};
use model::proposal::{PolicyForm, PolicyHome, Proposal, ProposedPolicy, Syntax};
use model::report::{Assessment, Report, Risk, RuntimeStatus};
use model::{Confidence, Family, Finding, Gap, Hidden, Location, Remedy, RemedyKind, Severity, SymbolicText};
use report::RenderContext;

pub(crate) const CLOUDS: [Cloud; 3] = [Cloud::Aws, Cloud::Azure, Cloud::Gcp];
pub(crate) const FUNCTION_KINDS: [FunctionKind; 2] = [FunctionKind::Function, FunctionKind::Container];
pub(crate) const EXPOSURES: [Exposure; 3] = [Exposure::Internal, Exposure::Authenticated, Exposure::Public];
pub(crate) const TRIGGER_KINDS: [&str; 9] =
    ["http", "queue", "stream", "storage", "schedule", "topic", "event-bus", "log", "other"];
pub(crate) const REACHES: [Reach; 3] = [Reach::Imported, Reach::Present, Reach::Unknown];
pub(crate) const PRESENCES: [Presence; 4] =
    [Presence::Shipped, Presence::Development, Presence::Absent, Presence::Project];
pub(crate) const POLICY_KINDS: [PolicyKind; 8] = [
    PolicyKind::Managed,
    PolicyKind::Customer,
    PolicyKind::Inline,
    PolicyKind::Template,
    PolicyKind::Connector,
    PolicyKind::Implicit,
    PolicyKind::Boundary,
    PolicyKind::Unresolved,
];
pub(crate) const EFFECTS: [Effect; 2] = [Effect::Allow, Effect::Deny];
pub(crate) const TIERS: [Tier; 5] = [Tier::Required, Tier::Conditional, Tier::Forwarded, Tier::Runtime, Tier::Library];
pub(crate) const JUDGEMENTS: [Judgement; 6] =
    [Judgement::Keep, Judgement::Remove, Judgement::Review, Judgement::Add, Judgement::Scope, Judgement::Dangerous];
pub(crate) const CONFIDENCES: [Confidence; 3] = [Confidence::Possible, Confidence::Likely, Confidence::Certain];
pub(crate) const REMEDIES: [RemedyKind; 4] =
    [RemedyKind::Upgrade, RemedyKind::Policy, RemedyKind::Edit, RemedyKind::Rotate];
pub(crate) const STATUSES: [MatchStatus; 2] = [MatchStatus::Possible, MatchStatus::Affected];
pub(crate) const HIDDEN: [Hidden; 7] = [
    Hidden::Components,
    Hidden::Secrets,
    Hidden::Permissions,
    Hidden::Calls,
    Hidden::Functions,
    Hidden::Configuration,
    Hidden::Vulnerabilities,
];
pub(crate) const BINDINGS: [Binding; 2] = [Binding::Certain, Binding::Likely];
pub(crate) const VIAS: [Via; 8] =
    [Via::Sdk, Via::Paginator, Via::Waiter, Via::Resource, Via::Transfer, Via::Presign, Via::Library, Via::Cli];

/// Text that tries to leave its place in a page, a terminal or a line.
pub(crate) const HOSTILE: &str =
    "x<script>document.title='owned'</script>\"><img src=x onerror=\"document.title='owned'\">\u{1b}[31m\u{202e}evil";

pub(crate) fn context() -> RenderContext {
    RenderContext {
        tool_version: "0.0.0".into(),
        width: 100,
        colour: false,
        target: "examples/shop".into(),
        today: "2026-11-23".into(),
    }
}

pub(crate) fn empty_report() -> Report {
    Report::default()
}

/// One function with everything, one with hostile names, one with nothing.
pub(crate) fn rich_report() -> Report {
    Report {
        nothing_read: false,
        advisories: AdvisorySource {
            name: "built-in starter".into(),
            is_starter: true,
            built_at: "2026-11-01".into(),
            records: 18_172,
            newest: "2026-10-31".into(),
        },
        functions: vec![orders(), hostile(), quiet()],
        gaps: vec![Gap::new(
            Location::point("other/template.yaml", 3, 7),
            "cannot read template: a tab stands where spaces must: indent with spaces",
            &HIDDEN,
        )],
    }
}

fn orders() -> Assessment {
    Assessment {
        function: orders_function(),
        code_digests: vec![Some("0123456789abcdef".repeat(4)), None],
        runtime_status: Some(RuntimeStatus {
            state: "deprecated",
            deprecation: Some("2026-06-30".into()),
            block_create: Some("2026-12-31".into()),
            block_update: Some("2027-01-31".into()),
            days_left: Some(-146),
        }),
        components: components(),
        calls: calls(),
        permissions: permissions(),
        findings: findings(),
        suppressed: suppressed(),
        gaps: vec![Gap::new(
            Location::line("src/orders/app.py", 40),
            "the operation's name is computed: name it in the code, or add its actions by hand",
            &[Hidden::Calls, Hidden::Permissions],
        )],
        risk: Risk {
            score: 82,
            band: "critical",
            inputs: vec![("vulnerabilities", 31.5), ("secrets", 24.0), ("permissions", 26.5)],
            best_single_change: Some("remove `AmazonDynamoDBFullAccess`: −26".into()),
        },
    }
}

fn orders_function() -> Function {
    Function {
        id: "template.yaml#OrdersFunction".into(),
        name: "OrdersFunction".into(),
        cloud: Cloud::Aws,
        kind: FunctionKind::Function,
        runtime: Some("python3.9".into()),
        handler: Some("app.handler".into()),
        code: vec![code("build/orders.zip", None), code("layers/common", Some("CommonLayer"))],
        triggers: TRIGGER_KINDS
            .iter()
            .zip(EXPOSURES.iter().cycle())
            .map(|(kind, exposure)| Trigger {
                kind,
                exposure: *exposure,
                source: format!("${{Source.{kind}}}"),
                location: Location::line("template.yaml", 12),
            })
            .collect(),
        environment: vec![EnvironmentVariable {
            name: "TABLE_NAME".into(),
            value: SymbolicText::reference("Orders"),
            location: Location::line("template.yaml", 20),
        }],
        identity: Identity::default(),
        wiring: Vec::new(),
        location: Location::line("template.yaml", 8),
    }
}

fn code(path: &str, layer: Option<&str>) -> CodeSource {
    let content = CodeContent::Path { include: Vec::new() };
    CodeSource { path: path.into(), content, layer: layer.map(str::to_owned) }
}

fn component(name: &str, version: Version, origin: Origin, reach: Reach, presence: Presence) -> Component {
    let at = version.exact().map(|version| format!("@{version}")).unwrap_or_default();
    Component {
        ecosystem: "pypi",
        name: name.into(),
        purl: format!("pkg:pypi/{name}{at}"),
        version,
        evidence: vec![Evidence {
            location: Location::line("src/orders/requirements.txt", 1),
            kind: EvidenceKind::Declared,
        }],
        origin,
        reach,
        presence,
        parents: vec!["parent".into()],
        direct: Some(true),
        system: None,
        owner: None,
        linked: None,
    }
}

fn components() -> Vec<Component> {
    let exact = |version: &str| Version::Exact(version.into());
    vec![
        component("jinja2", exact("2.11.2"), Origin::Function, Reach::Imported, Presence::Shipped),
        component(
            "pyyaml",
            Version::Range(">=5".into()),
            Origin::Layer("CommonLayer".into()),
            Reach::Present,
            Presence::Shipped,
        ),
        component("pytest", exact("7.0.0"), Origin::Runtime, Reach::Unknown, Presence::Development),
        component("mystery", Version::Unknown, Origin::Image(None), Reach::Unknown, Presence::Absent),
        component("orders", exact("1.0.0"), Origin::Function, Reach::Unknown, Presence::Project),
    ]
}

fn calls() -> Vec<Call> {
    VIAS.iter()
        .zip(BINDINGS.iter().cycle())
        .enumerate()
        .map(|(at, (via, binding))| Call {
            location: Location::point("src/orders/app.py", 10 + u32::try_from(at).unwrap(), 5),
            language: "python",
            service: "dynamodb".into(),
            operation: "GetItem".into(),
            arguments: Vec::new(),
            arguments_complete: true,
            binding: *binding,
            via: *via,
        })
        .collect()
}

fn texts(texts: &[&str]) -> Vec<SymbolicText> {
    texts.iter().map(|text| SymbolicText::parse_sub(text)).collect()
}

fn permissions() -> Permissions {
    let orders = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Orders}";
    Permissions {
        identity: Some(SymbolicText::reference("OrdersFunctionRole.Arn")),
        policies: POLICY_KINDS.iter().map(|kind| policy(*kind)).collect(),
        needed: TIERS
            .iter()
            .zip(CONFIDENCES.iter().cycle())
            .map(|(tier, confidence)| Need {
                action: "dynamodb:GetItem".into(),
                resources: texts(&[orders]),
                tier: *tier,
                evidence: vec![NeedEvidence {
                    location: Location::point("src/orders/app.py", 10, 5),
                    call: "dynamodb.GetItem".into(),
                }],
                confidence: *confidence,
                harms: vec![Harm::DataExfiltration],
            })
            .collect(),
        used: vec![Use {
            action: "dynamodb:GetItem".into(),
            last_seen: Some("2026-11-01T10:00:00Z".into()),
            source: "cloudtrail".into(),
            resources: Vec::new(),
        }],
        denied: Vec::new(),
        verdicts: verdicts(orders),
        recommended: Some(vec![RecommendedStatement {
            sid: "Orders".into(),
            effect: Effect::Allow,
            not_resources: Vec::new(),
            actions: vec!["dynamodb:GetItem".into()],
            resources: texts(&[orders]),
            conditions: conditions(),
        }]),
        proposal: Some(proposal()),
        escalations: Vec::new(),
        problems: Vec::new(),
        trust_problems: Vec::new(),
        role_chains: Vec::new(),
        granted_action_count: 57,
        needed_action_count: 1,
    }
}

fn proposal() -> Proposal {
    let statement = Statement { conditions: conditions(), ..policy(PolicyKind::Inline).statements.remove(0) };
    let inline = |actions: &str| ProposedPolicy::Inline {
        name: "LeastPrivilege".into(),
        statements: vec![Statement { actions: texts(&[actions]), ..statement.clone() }],
    };
    let template = ProposedPolicy::Template {
        name: "SQSSendMessagePolicy".into(),
        parameters: vec![("QueueName".into(), SymbolicText::reference("Queue"))],
    };
    Proposal {
        home: PolicyHome {
            is_translation: false,
            form: PolicyForm::SamFunction,
            syntax: Syntax::Yaml,
            file: "template.yaml".into(),
            owner: "OrdersFunction".into(),
            implied: Vec::new(),
            elsewhere: Vec::new(),
            boundary: Some(SymbolicText::literal("arn:aws:iam::123456789012:policy/limit")),
            steps: Vec::new(),
            location: Location::line("template.yaml", 30),
        },
        policies: vec![inline("dynamodb:GetItem"), template],
        current: vec![
            inline("dynamodb:*"),
            ProposedPolicy::Managed("arn:aws:iam::aws:policy/AmazonS3FullAccess".into()),
        ],
        steps: vec!["delete connector `X`".into()],
    }
}

fn conditions() -> Conditions {
    let keys = [("aws:SourceVpc".to_owned(), texts(&["vpc-1"]))].into();
    [("StringEquals".to_owned(), keys)].into()
}

fn policy(kind: PolicyKind) -> Policy {
    let origin = Location::line("template.yaml", 30);
    let statement = |effect| Statement {
        conditions: conditions(),
        ..Statement::new(effect, texts(&["dynamodb:*"]), texts(&["*"]), origin.clone())
    };
    Policy {
        id: kind.name().into(),
        kind,
        name: format!("{} policy", kind.name()),
        arn: Some(SymbolicText::literal("arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess")),
        parameters: Vec::new(),
        statements: EFFECTS.map(statement).to_vec(),
        location: origin,
    }
}

fn harms(judgement: Judgement) -> Vec<GrantHarm> {
    let harm = |harm: Harm, action: &str| GrantHarm {
        harm,
        actions: vec![action.into()],
        action_count: 12,
        is_everywhere: judgement == Judgement::Dangerous,
        resources: texts(&["*"]),
    };
    match judgement {
        Judgement::Dangerous => Harm::ALL.map(|of| harm(of, "iam:PassRole")).to_vec(),
        Judgement::Scope => vec![harm(Harm::DataExfiltration, "dynamodb:Scan")],
        _ => Vec::new(),
    }
}

fn verdicts(orders: &str) -> Vec<Verdict> {
    let verdict = |action: &str, judgement, reason: &str| Verdict {
        action: action.into(),
        resources: texts(&[orders]),
        judgement,
        reason: reason.into(),
        needed_actions: vec!["dynamodb:GetItem".into()],
        harms: harms(judgement),
        policy: (judgement != Judgement::Add).then(|| "template".into()),
        origin: (judgement != Judgement::Add).then(|| Location::line("template.yaml", 30)),
        confidence: Confidence::Certain,
    };
    let mut verdicts = vec![
        verdict("iam:PassRole", Judgement::Dangerous, "passes any role to a service that runs code"),
        verdict("s3:PutObject", Judgement::Add, "`s3.PutObject` needs it and nothing grants it"),
        verdict("dynamodb:*", Judgement::Scope, "only `dynamodb:GetItem` is needed"),
        verdict("sqs:SendMessage", Judgement::Review, "a call that could not be decided may need it"),
        verdict("dynamodb:GetItem", Judgement::Keep, "`dynamodb.GetItem` needs it"),
    ];
    for action in [
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    ] {
        verdicts.push(verdict(action, Judgement::Remove, "nothing needs it"));
    }
    verdicts
}

fn finding(
    rule: &'static str,
    family: Family,
    severity: Severity,
    title: &str,
    remedy: RemedyKind,
    text: &str,
) -> Finding {
    Finding {
        rule,
        family,
        severity,
        confidence: Confidence::Likely,
        title: title.into(),
        locations: vec![Location::point("src/orders/app.py", 5, 3), Location::file("template.yaml")],
        component: None,
        advisory: None,
        cwe: vec!["CWE-798".into()],
        tags: vec!["path:lambda-001".into()],
        identity: Some("${OrdersFunctionRole.Arn}".into()),
        remedy: Remedy { kind: remedy, text: text.into(), to: None },
        fingerprint: format!("{rule}-{title}"),
    }
}

fn vulnerable(purl: &str, to: &str, severity: Severity, status: MatchStatus, id: &str) -> Finding {
    let basis = if severity == Severity::Critical { SeverityBasis::Malware } else { SeverityBasis::Cvss };
    Finding {
        component: Some(purl.into()),
        remedy: Remedy { kind: RemedyKind::Upgrade, text: format!("upgrade to {to}"), to: Some(to.into()) },
        advisory: Some(AdvisoryMatch {
            ids: vec![id.into(), id.replace("GHSA", "CVE")],
            status,
            why: (status == MatchStatus::Possible).then(|| "no exact version is known".into()),
            severity,
            severity_basis: basis,
            cvss: ["4.0", "3.1", "3.0", "2.0"]
                .map(|version| Cvss { version, vector: "CVSS:3.1/AV:N".into(), score: 7.5 })
                .to_vec(),
            fixed: vec![to.into()],
            known_exploited: status == MatchStatus::Affected,
            epss: Some(0.25),
            published: Some("2025-01-01".into()),
            cwe: vec!["CWE-94".into()],
            code: Vec::new(),
            reach: model::advisory::FlawReach::Imported,
        }),
        ..finding("vulnerable-component", Family::Vulnerability, severity, id, RemedyKind::Upgrade, "")
    }
}

fn findings() -> Vec<Finding> {
    vec![
        vulnerable("pkg:pypi/pyyaml", "5.4", Severity::Critical, MatchStatus::Possible, "GHSA-aaaa-aaaa-aaaa"),
        finding(
            "hard-coded-secret",
            Family::Secret,
            Severity::Critical,
            "access token in `src/orders/app.py`",
            RemedyKind::Rotate,
            "revoke it and keep the next one in Secrets Manager",
        ),
        vulnerable("pkg:pypi/jinja2@2.11.2", "3.1.6", Severity::High, MatchStatus::Affected, "GHSA-bbbb-bbbb-bbbb"),
        vulnerable("pkg:pypi/jinja2@2.11.2", "3.1.6", Severity::Medium, MatchStatus::Affected, "GHSA-cccc-cccc-cccc"),
        finding(
            "code-injection",
            Family::Weakness,
            Severity::High,
            "the event reaches `eval`",
            RemedyKind::Edit,
            "parse the expression instead",
        ),
        finding(
            "needless-permission",
            Family::Permission,
            Severity::Medium,
            "6 actions are granted and not needed",
            RemedyKind::Policy,
            "use the recommended policy",
        ),
        finding(
            "public-function-url",
            Family::Exposure,
            Severity::Low,
            "the function URL is public",
            RemedyKind::Edit,
            "set `AuthType: AWS_IAM`",
        ),
        finding(
            "deprecated-runtime",
            Family::Configuration,
            Severity::Info,
            "the runtime is old",
            RemedyKind::Edit,
            "move to `python3.14`",
        ),
    ]
}

/// A function whose every name comes from somebody who wishes the reader ill.
fn hostile() -> Assessment {
    let mut assessment = quiet();
    assessment.function = Function {
        id: format!("template.yaml#{HOSTILE}"),
        name: HOSTILE.into(),
        handler: Some(HOSTILE.into()),
        runtime: Some(HOSTILE.into()),
        environment: vec![EnvironmentVariable {
            name: HOSTILE.into(),
            value: SymbolicText::unknown(),
            location: Location::line(HOSTILE, 1),
        }],
        ..orders_function()
    };
    assessment.components =
        vec![component(HOSTILE, Version::Exact("1".into()), Origin::Function, Reach::Present, Presence::Shipped)];
    assessment.findings = vec![
        Finding {
            locations: vec![Location::line(HOSTILE, 3)],
            ..vulnerable(&format!("pkg:npm/{HOSTILE}@1"), HOSTILE, Severity::High, MatchStatus::Affected, HOSTILE)
        },
        finding("hard-coded-secret", Family::Secret, Severity::Low, HOSTILE, RemedyKind::Rotate, HOSTILE),
    ];
    assessment.gaps = vec![Gap::new(Location::file(HOSTILE), HOSTILE, &[Hidden::Secrets])];
    assessment.permissions = Permissions {
        identity: Some(SymbolicText::literal(HOSTILE)),
        policies: vec![Policy { name: HOSTILE.into(), ..policy(PolicyKind::Inline) }],
        verdicts: vec![Verdict {
            action: HOSTILE.into(),
            reason: HOSTILE.into(),
            resources: texts(&[HOSTILE]),
            ..verdicts("*").remove(0)
        }],
        recommended: Some(vec![RecommendedStatement {
            sid: "S".into(),
            effect: Effect::Allow,
            not_resources: Vec::new(),
            actions: vec![HOSTILE.into()],
            resources: texts(&[HOSTILE]),
            conditions: Conditions::new(),
        }]),
        ..Permissions::default()
    };
    assessment
}

/// One of each kind.
fn suppressed() -> Vec<SuppressedFinding> {
    let finding =
        vulnerable("pkg:npm/left@1.0.0", "1.0.1", Severity::Low, MatchStatus::Affected, "GHSA-bbbb-bbbb-bbbb");
    let by = |kind, status: Option<&'static str>, expires: Option<&str>| SuppressedFinding {
        finding: finding.clone(),
        by: Suppression {
            kind,
            source: "fnassay.toml:3".into(),
            status,
            reason: "the code is not reached".into(),
            expires: expires.map(str::to_owned),
        },
    };
    vec![
        by(SuppressionKind::Ignored, None, Some("2027-01-31")),
        by(SuppressionKind::Vex, Some("not_affected"), None),
        by(SuppressionKind::Vex, Some("fixed"), None),
        by(SuppressionKind::Vendor, None, None),
    ]
}

fn quiet() -> Assessment {
    Assessment {
        function: Function {
            id: "template.yaml#Quiet".into(),
            name: "Quiet".into(),
            cloud: Cloud::Aws,
            kind: FunctionKind::Container,
            runtime: None,
            handler: None,
            code: Vec::new(),
            triggers: Vec::new(),
            environment: Vec::new(),
            identity: Identity::default(),
            wiring: Vec::new(),
            location: Location::line("template.yaml", 90),
        },
        code_digests: Vec::new(),
        runtime_status: None,
        components: Vec::new(),
        calls: Vec::new(),
        permissions: Permissions { recommended: Some(Vec::new()), ..Permissions::default() },
        suppressed: Vec::new(),
        findings: Vec::new(),
        gaps: Vec::new(),
        risk: Risk { score: 0, band: "low", inputs: Vec::new(), best_single_change: None },
    }
}
