use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::aws::iam::wildcard;

fn resources() -> TemplateResources {
    TemplateResources::default()
        .with("Orders", "AWS::DynamoDB::Table", None)
        .with("Users", "AWS::DynamoDB::Table", Some("users".into()))
        .with("Staged", "AWS::DynamoDB::Table", Some(SymbolicText::parse_sub("${Stage}-orders")))
        .with("Archive", "AWS::DynamoDB::Table", Some(SymbolicText::parse_sub("${ArchiveName}")))
        .with("Queue", "AWS::SQS::Queue", None)
        .with("Topic", "AWS::SNS::Topic", None)
        .with("Files", "AWS::S3::Bucket", None)
        .with("Key", "AWS::SSM::Parameter", Some("/shop/key".into()))
}

fn pattern(text: &str, side: Side) -> Pattern {
    Pattern::new(&SymbolicText::parse_sub(text), side, &resources())
}

#[test]
fn grants_written_either_way_compare_equal() {
    let table = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table";
    // grant, need, surely covers, may meet
    let cases = [
        ("*", "${Orders.Arn}", true, true),
        ("${Orders.Arn}", "${Orders.Arn}", true, true),
        (&format!("{table}/${{Orders}}"), "${Orders.Arn}", true, true),
        ("${Orders.Arn}", &format!("{table}/${{Orders}}"), true, true),
        ("arn:${AWS::Partition}:dynamodb:*:*:table/${Orders}", "${Orders.Arn}", true, true),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/${Orders}", "${Orders.Arn}", true, true),
        (&format!("{table}/users"), "${Users.Arn}", true, true),
        ("${Users.Arn}", &format!("{table}/users"), true, true),
        (&format!("{table}/${{Orders}}/index/*"), "${Orders.Arn}/index/by-day", true, true),
        (&format!("{table}/${{Orders}}/index/*"), "${Orders.Arn}", false, false),
        (&format!("{table}/*"), "${Orders.Arn}", true, true),
        ("${Orders.Arn}", &format!("{table}/*"), false, true),
        ("${Orders.Arn}", "${Users.Arn}", false, false),
        // A generated name is never a name that somebody wrote.
        ("${Orders.Arn}", &format!("{table}/orders"), false, false),
        (&format!("{table}/orders"), "${Orders.Arn}", false, false),
        // A parameter may hold anything.
        (&format!("{table}/${{TableName}}"), "${Orders.Arn}", false, true),
        (&format!("{table}/${{TableName}}"), &format!("{table}/orders"), false, true),
        (&format!("{table}/${{TableName}}"), &format!("{table}/${{TableName}}"), true, true),
        ("${TableArn}", "${Orders.Arn}", false, true),
        ("${Staged.Arn}", &format!("{table}/${{Stage}}-orders"), true, true),
        ("${Staged.Arn}", &format!("{table}/prod-orders"), false, true),
        ("${Staged.Arn}", &format!("{table}/prod-users"), false, false),
        ("${Staged.Arn}", "${Archive.Arn}", false, false),
        (&format!("{table}/${{Archive}}/index/*"), "${Staged.Arn}/index/i", false, false),
        (&format!("{table}/${{ArchiveName}}"), "${Archive.Arn}", true, true),
        (&format!("{table}/*-orders"), "${Staged.Arn}", true, true),
        ("${Topic}", "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:${Topic.TopicName}", true, true),
        ("arn:aws:sqs:*:*:${Queue.QueueName}", "${Queue.Arn}", true, true),
        ("${Files.Arn}/*", "arn:aws:s3:::${Files}/a/b", true, true),
        ("${Files.Arn}", "${Files.Arn}/*", false, false),
        (
            "arn:aws:ssm:*:*:parameter/shop/*",
            "arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter/${Key}",
            true,
            true,
        ),
        ("arn:aws:ssm:*:*:parameter${Key}", "arn:aws:ssm:*:*:parameter/shop/key", true, true),
        ("arn:aws:s3:::${!aws:username}/x", "arn:aws:s3:::ann/x", false, true),
        ("arn:aws:s3:::a${!*}b", "arn:aws:s3:::a*b", false, true),
        ("arn:aws:s3:::?*", "arn:aws:s3:::*?", true, true),
        ("arn:aws:s3:::???", "arn:aws:s3:::*", false, true),
        ("arn:aws:s3:::*", "arn:aws:s3:::b/k?*", true, true),
        ("arn:aws:dynamodb:*", "${Orders.Arn}", true, true),
        ("arn:aws:s3:::a*", "arn:aws:s3:::*b", false, true),
        ("arn:aws:s3:::a*c", "arn:aws:s3:::b*c", false, false),
    ];
    for (grant, need, surely, perhaps) in cases {
        let (grant_pattern, need_pattern) = (pattern(grant, Side::Grant), pattern(need, Side::Need));
        assert_eq!(grant_pattern.covers(&need_pattern), surely, "{grant} covers {need}");
        assert_eq!(grant_pattern.may_meet(&need_pattern), perhaps, "{grant} may meet {need}");
    }
}

#[test]
fn names_that_refer_to_themselves_end() {
    let resources = TemplateResources::default()
        .with("A", "AWS::DynamoDB::Table", Some(SymbolicText::reference("B")))
        .with("B", "AWS::DynamoDB::Table", Some(SymbolicText::reference("A")));
    let text = SymbolicText::reference("A.Arn");
    let pattern = Pattern::new(&text, Side::Need, &resources);
    assert!(pattern.covers(&pattern));
}

/// Every text of up to eight letters over three: enough to tell two patterns of up to four places apart.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut texts = vec![String::new()];
    for at in 0.. {
        let Some(text) = texts.get(at).cloned() else { break };
        if text.len() < 8 {
            texts.extend(["a", "b", "c"].map(|letter| format!("{text}{letter}")));
        }
    }
    texts
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn covering_and_meeting_agree_with_every_short_text(left in "[ab*?]{0,4}", right in "[ab*?]{0,4}") {
        let of = |pattern: &str| -> Vec<bool> { TEXTS.iter().map(|text| wildcard::matches(pattern, text)).collect() };
        let (in_left, in_right) = (of(&left), of(&right));
        let all = in_left.iter().zip(&in_right).all(|(left, right)| !right || *left);
        let any = in_left.iter().zip(&in_right).any(|(left, right)| *left && *right);
        let compiled =
            |text: &str| Pattern::new(&SymbolicText::literal(text), Side::Grant, &TemplateResources::default());
        prop_assert_eq!(compiled(&left).covers(&compiled(&right)), all, "covers");
        prop_assert_eq!(compiled(&left).may_meet(&compiled(&right)), any, "meets");
    }
}
