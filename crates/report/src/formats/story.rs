//! What several outputs tell alike: components with the upgrade that clears their flaws, and verdicts of one policy that
//! say the same about the same resources as one row. Only groups and orders; nothing is judged or left out.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::advisory::{AdvisoryMatch, MatchStatus};
use model::component::{Component, Origin};
use model::permission::{Harm, Judgement, Permissions, Verdict};
use model::report::Assessment;
use model::{Family, Finding, Gap, Severity, SymbolicText};

/// A component with everything that hits it.
pub(super) struct VulnerableComponent<'a> {
    /// `npm/lodash@4.17.15`: the purl without `pkg:`.
    pub(super) name: &'a str,
    /// Worst first; never empty.
    pub(super) findings: Vec<&'a Finding>,
    pub(super) worst: Severity,
    /// Whether every flaw is only possible, as no exact version is known.
    pub(super) is_possible: bool,
    /// What to do about most of its flaws.
    pub(super) remedy: &'a str,
    /// The version to move to, and how many of the flaws it clears.
    pub(super) upgrade: Option<(&'a str, usize)>,
}

/// What the function ships; the platform's runtime, told beside the function's name, is not counted among it.
pub(super) fn packages(assessment: &Assessment) -> impl Iterator<Item = &Component> {
    assessment.components.iter().filter(|component| component.origin != Origin::Runtime)
}

/// The vulnerable components, worst first.
pub(super) fn vulnerable_components(assessment: &Assessment) -> Vec<VulnerableComponent<'_>> {
    let mut by_component: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in of_family(assessment, Family::Vulnerability) {
        by_component.entry(finding.component.as_deref().unwrap_or_default()).or_default().push(finding);
    }
    let mut components: Vec<_> =
        by_component.into_iter().filter_map(|(purl, findings)| vulnerable_component(purl, findings)).collect();
    components.sort_by_key(|component| (Reverse(component.worst), Reverse(component.findings.len()), component.name));
    components
}

fn vulnerable_component<'a>(purl: &'a str, mut findings: Vec<&'a Finding>) -> Option<VulnerableComponent<'a>> {
    findings.sort_by_key(|finding| (Reverse(finding.severity), advisory_id(finding)));
    let worst = findings.first()?.severity;
    let upgraded: Vec<_> = findings.iter().copied().filter(|finding| finding.remedy.to.is_some()).collect();
    let spokesman = upgraded.first().or(findings.first())?;
    let upgrade = spokesman.remedy.to.as_deref();
    let cleared = upgraded.iter().filter(|finding| finding.remedy.to.as_deref() == upgrade).count();
    Some(VulnerableComponent {
        name: purl.strip_prefix("pkg:").unwrap_or(purl),
        worst,
        is_possible: findings.iter().all(|finding| is_possible(finding)),
        remedy: &spokesman.remedy.text,
        upgrade: upgrade.map(|version| (version, cleared)),
        findings,
    })
}

fn is_possible(finding: &Finding) -> bool {
    finding.advisory.as_ref().is_some_and(|advisory| advisory.status == MatchStatus::Possible)
}

/// The id people search for: the CVE's where there is one.
pub(super) fn advisory_id(finding: &Finding) -> &str {
    finding.advisory.as_ref().and_then(best_id).unwrap_or(finding.rule)
}

fn best_id(advisory: &AdvisoryMatch) -> Option<&str> {
    let cve = advisory.ids.iter().find(|id| id.starts_with("CVE-"));
    cve.or(advisory.ids.first()).map(String::as_str)
}

/// The findings of one family, worst first as the report has them.
pub(super) fn of_family(assessment: &Assessment, family: Family) -> impl Iterator<Item = &Finding> {
    assessment.findings.iter().filter(move |finding| finding.family == family)
}

/// Families besides components and permissions, with their titles, in the order to show them.
pub(super) const OTHER_FAMILIES: &[(&str, Family)] = &[
    ("Secrets", Family::Secret),
    ("Weaknesses", Family::Weakness),
    ("Exposure", Family::Exposure),
    ("Configuration", Family::Configuration),
];

/// Rules whose findings the verdicts tell already.
pub(super) const TOLD_BY_VERDICTS: &[&str] = &[
    "administrator-permission",
    "dangerous-permission",
    "missing-permission",
    "needless-permission",
    "wildcard-action",
];

/// Verdicts that differ only in their action.
pub(super) struct VerdictGroup<'a> {
    /// Never empty; sorted by action.
    pub(super) verdicts: Vec<&'a Verdict>,
    /// The worst that an attacker does with them; only told of what goes away.
    pub(super) harm: Option<Harm>,
    /// Short forms of the resources.
    pub(super) resources: Vec<String>,
    pub(super) reason: &'a str,
    pub(super) policy: Option<&'a str>,
    /// Where it is granted.
    pub(super) origin: Option<String>,
}

/// The verdicts of one judgement, those of one policy with equal worst harm, resources and reason together; the worst harm
/// first, then the largest group.
pub(super) fn verdict_groups(permissions: &Permissions, judgement: Judgement) -> Vec<VerdictGroup<'_>> {
    let mut groups: BTreeMap<_, Vec<&Verdict>> = BTreeMap::new();
    for verdict in permissions.verdicts.iter().filter(|verdict| verdict.judgement == judgement) {
        let harm = is_needless(judgement).then(|| worst_harm(verdict)).flatten();
        groups
            .entry((harm, verdict.policy.as_deref(), &verdict.resources, verdict.reason.as_str()))
            .or_default()
            .push(verdict);
    }
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|((harm, policy, resources, reason), mut verdicts)| {
            verdicts.sort_by_key(|verdict| verdict.action.as_str());
            let origin = verdicts.iter().find_map(|verdict| verdict.origin.as_ref()).map(ToString::to_string);
            let resources = resources.iter().map(short_resource).collect();
            VerdictGroup { verdicts, harm, resources, reason, policy, origin }
        })
        .collect();
    groups.sort_by_key(|group| (group.harm.is_none(), group.harm, Reverse(group.verdicts.len())));
    groups
}

/// Whether a grant of this judgement goes away.
pub(super) fn is_needless(judgement: Judgement) -> bool {
    matches!(judgement, Judgement::Remove | Judgement::Dangerous)
}

fn worst_harm(verdict: &Verdict) -> Option<Harm> {
    verdict.harms.iter().map(|harm| harm.harm).min()
}

/// `1240` → `1,240`.
pub(super) fn counted(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The blast radius of what is granted and of what is needed, in percent of everything that could be reached.
pub(super) fn blast_radius(assessment: &Assessment) -> Option<(u32, u32)> {
    let of = |name: &str| assessment.risk.inputs.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let percent = |share: f64| (share.clamp(0.0, 1.0) * 100.0).round() as u32;
    Some((percent(of("blast_radius")?), percent(of("blast_radius_needed")?)))
}

/// How many needed actions nothing grants.
pub(super) fn lacking(permissions: &Permissions) -> usize {
    permissions.needed.len().saturating_sub(permissions.needed_action_count)
}

/// The role that is made elsewhere, of which nothing else is known.
pub(super) fn unread_role(permissions: &Permissions) -> Option<&str> {
    model::permission::unread_role(permissions.identity.as_ref(), &permissions.policies).map(|role| role.name.as_str())
}

/// When a granted action was last seen in the logs: `None` when none was given.
pub(super) fn last_used(permissions: &Permissions, verdict: &Verdict) -> Option<String> {
    if permissions.used.is_empty() {
        return None;
    }
    let seen = permissions.used.iter().filter(|used| is_matched(&verdict.action, &used.action));
    let last = seen.map(|used| used.last_seen.as_deref().unwrap_or("seen")).max();
    Some(last.map_or_else(|| "not seen".to_owned(), |last| last.split('T').next().unwrap_or(last).to_owned()))
}

/// Whether the pattern of actions has this one: `*` and `?`, letters of either case.
fn is_matched(pattern: &str, action: &str) -> bool {
    let (pattern, action): (Vec<char>, Vec<char>) =
        (pattern.to_ascii_lowercase().chars().collect(), action.to_ascii_lowercase().chars().collect());
    // Row by row: which beginnings of the action the beginning of the pattern matches.
    let mut reached: Vec<bool> = (0..=action.len()).map(|end| end == 0).collect();
    for one in pattern {
        let mut next = vec![false; action.len() + 1];
        for end in 0..=action.len() {
            let before = end.checked_sub(1).and_then(|at| Some((*reached.get(at)?, *action.get(at)?)));
            let holds = match one {
                '*' => reached.get(end) == Some(&true) || end.checked_sub(1).and_then(|at| next.get(at)) == Some(&true),
                '?' => before.is_some_and(|(is_reached, _)| is_reached),
                letter => before.is_some_and(|(is_reached, other)| is_reached && other == letter),
            };
            if let Some(place) = next.get_mut(end) {
                *place = holds;
            }
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

/// The resource without the parts of an ARN that are the same for everything of a deployment.
fn short_resource(resource: &SymbolicText) -> String {
    let text = resource.to_string();
    let mut parts = text.splitn(4, ':');
    let (Some("arn"), Some(_), Some(service), Some(rest)) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return text;
    };
    // The references themselves hold colons, so they are taken off as wholes.
    let rest = ["${AWS::Region}:", "*:", ":"].iter().find_map(|region| rest.strip_prefix(region)).unwrap_or(rest);
    let rest = ["${AWS::AccountId}:", "*:", ":"].iter().find_map(|account| rest.strip_prefix(account)).unwrap_or(rest);
    format!("{service}:{rest}")
}

/// Gaps that say the same of several places.
pub(super) struct GapGroup<'a> {
    pub(super) places: Vec<String>,
    pub(super) why: &'a str,
    pub(super) hides: String,
}

/// The gaps in their order, those with equal words together.
pub(super) fn gap_groups(gaps: &[Gap]) -> Vec<GapGroup<'_>> {
    let mut groups: Vec<GapGroup<'_>> = Vec::new();
    for gap in gaps {
        let hides = gap.hides.iter().map(|hidden| hidden.name()).collect::<Vec<_>>().join(", ");
        match groups.iter_mut().find(|group| group.why == gap.why && group.hides == hides) {
            Some(group) => group.places.push(gap.location.to_string()),
            None => groups.push(GapGroup { places: vec![gap.location.to_string()], why: &gap.why, hides }),
        }
    }
    groups
}

/// The text without characters that steer a terminal or turn the direction of reading: names in packages are foreign.
pub(super) fn harmless(text: &str) -> String {
    text.chars().map(|character| if steers(character) { '\u{fffd}' } else { character }).collect()
}

fn steers(character: char) -> bool {
    let turns_direction =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns_direction || (character.is_control() && character != '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens_what_every_arn_of_a_deployment_shares() {
        for (arn, expected) in [
            ("arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Orders}", "dynamodb:table/${Orders}"),
            ("arn:aws:s3:::${Bucket}/*", "s3:${Bucket}/*"),
            ("arn:aws:sqs:eu-west-1:123456789012:jobs", "sqs:eu-west-1:123456789012:jobs"),
            ("${Table.Arn}", "${Table.Arn}"),
            ("*", "*"),
        ] {
            assert_eq!(short_resource(&SymbolicText::parse_sub(arn)), expected);
        }
    }

    #[test]
    fn counts_in_groups_of_three() {
        for (count, expected) in [(0, "0"), (999, "999"), (1240, "1,240"), (1_234_567, "1,234,567")] {
            assert_eq!(counted(count), expected);
        }
    }

    #[test]
    fn finds_used_actions_by_pattern() {
        for (pattern, action, expected) in [
            ("s3:Get*", "s3:GetObject", true),
            ("*", "s3:GetObject", true),
            ("S3:getobject", "s3:GetObject", true),
            ("s3:Get?bject", "s3:GetObject", true),
            ("s3:Put*", "s3:GetObject", false),
            ("s3:GetObject", "s3:GetObjectAcl", false),
            ("", "s3:GetObject", false),
        ] {
            assert_eq!(is_matched(pattern, action), expected, "{pattern} {action}");
        }
    }

    #[test]
    fn disarms_what_steers_a_reader() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{202e}c\nd"), "a\u{fffd}[2Jb\u{fffd}c\nd");
    }
}
