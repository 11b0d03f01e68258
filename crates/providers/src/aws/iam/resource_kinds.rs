//! What `Ref` and `Fn::GetAtt` of a CloudFormation resource stand for, and the ARN they belong to.
//!
//! Source: the return values of the CloudFormation and SAM resource references.

/// One CloudFormation type whose resources policies name.
#[derive(Debug)]
pub(crate) struct ResourceKind {
    /// `AWS::SQS::Queue`.
    pub(crate) kind: &'static str,
    /// The ARN in `Fn::Sub` syntax with `{}` for the name.
    pub(crate) arn: &'static str,
    /// The property that sets the name; a resource without it gets a name that nobody can write down beforehand.
    pub(crate) name_property: &'static str,
    pub(crate) reference: Reference,
    /// Attributes that are the ARN.
    pub(crate) arn_attributes: &'static [&'static str],
    /// Attributes that are the name or, as [`Reference::Url`], lead to it.
    pub(crate) name_attributes: &'static [&'static str],
}

/// What `Ref` yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reference {
    Arn,
    /// The name or id that stands in the ARN.
    Name,
    /// An address that ends in the name.
    Url,
    /// Something else.
    Other,
}

/// The kind of a CloudFormation type.
pub(crate) fn resource_kind(kind: &str) -> Option<&'static ResourceKind> {
    RESOURCE_KINDS.binary_search_by_key(&kind, |known| known.kind).ok().and_then(|index| RESOURCE_KINDS.get(index))
}

macro_rules! kinds {
    ($($kind:literal $arn:literal $name:literal $reference:ident [$($arn_attribute:literal)*] [$($name_attribute:literal)*];)*) => {
        &[$(ResourceKind {
            kind: $kind,
            arn: $arn,
            name_property: $name,
            reference: Reference::$reference,
            arn_attributes: &[$($arn_attribute),*],
            name_attributes: &[$($name_attribute),*],
        }),*]
    };
}

/// Type, ARN, name property, what `Ref` is, attributes that are the ARN, attributes that are the name. Sorted by type.
#[rustfmt::skip]
const RESOURCE_KINDS: &[ResourceKind] = kinds! {
    "AWS::ApiGatewayV2::Api" "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:{}" "" Name [] ["ApiId"];
    "AWS::AppSync::GraphQLApi" "arn:aws:appsync:${AWS::Region}:${AWS::AccountId}:apis/{}" "" Arn ["Arn"] ["ApiId"];
    "AWS::Batch::JobDefinition" "arn:aws:batch:${AWS::Region}:${AWS::AccountId}:job-definition/{}" "JobDefinitionName" Arn ["JobDefinitionArn"] [];
    "AWS::Batch::JobQueue" "arn:aws:batch:${AWS::Region}:${AWS::AccountId}:job-queue/{}" "JobQueueName" Arn ["JobQueueArn"] [];
    "AWS::Bedrock::Agent" "arn:aws:bedrock:${AWS::Region}:${AWS::AccountId}:agent/{}" "" Name ["AgentArn"] ["AgentId"];
    "AWS::Bedrock::Guardrail" "arn:aws:bedrock:${AWS::Region}:${AWS::AccountId}:guardrail/{}" "" Arn ["GuardrailArn"] ["GuardrailId"];
    "AWS::Bedrock::KnowledgeBase" "arn:aws:bedrock:${AWS::Region}:${AWS::AccountId}:knowledge-base/{}" "" Name ["KnowledgeBaseArn"] ["KnowledgeBaseId"];
    "AWS::CloudFront::Distribution" "arn:aws:cloudfront::${AWS::AccountId}:distribution/{}" "" Name [] ["Id"];
    "AWS::CodeBuild::Project" "arn:aws:codebuild:${AWS::Region}:${AWS::AccountId}:project/{}" "Name" Name ["Arn"] [];
    "AWS::CodeCommit::Repository" "arn:aws:codecommit:${AWS::Region}:${AWS::AccountId}:{}" "RepositoryName" Other ["Arn"] ["Name"];
    "AWS::CodePipeline::Pipeline" "arn:aws:codepipeline:${AWS::Region}:${AWS::AccountId}:{}" "Name" Name [] [];
    "AWS::Cognito::IdentityPool" "arn:aws:cognito-identity:${AWS::Region}:${AWS::AccountId}:identitypool/{}" "" Name [] [];
    "AWS::Cognito::UserPool" "arn:aws:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/{}" "" Name ["Arn"] ["UserPoolId"];
    "AWS::DynamoDB::GlobalTable" "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/{}" "TableName" Name ["Arn"] [];
    "AWS::DynamoDB::Table" "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/{}" "TableName" Name ["Arn"] [];
    "AWS::EC2::Instance" "arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:instance/{}" "" Name [] ["InstanceId"];
    "AWS::ECR::Repository" "arn:aws:ecr:${AWS::Region}:${AWS::AccountId}:repository/{}" "RepositoryName" Name ["Arn"] [];
    "AWS::ECS::Cluster" "arn:aws:ecs:${AWS::Region}:${AWS::AccountId}:cluster/{}" "ClusterName" Name ["Arn"] [];
    "AWS::ECS::TaskDefinition" "arn:aws:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/{}" "Family" Arn ["TaskDefinitionArn"] [];
    "AWS::EFS::AccessPoint" "arn:aws:elasticfilesystem:${AWS::Region}:${AWS::AccountId}:access-point/{}" "" Name ["Arn"] ["AccessPointId"];
    "AWS::EFS::FileSystem" "arn:aws:elasticfilesystem:${AWS::Region}:${AWS::AccountId}:file-system/{}" "" Name ["Arn"] ["FileSystemId"];
    "AWS::Elasticsearch::Domain" "arn:aws:es:${AWS::Region}:${AWS::AccountId}:domain/{}" "DomainName" Name ["Arn" "DomainArn"] [];
    "AWS::Events::EventBus" "arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/{}" "Name" Name ["Arn"] ["Name"];
    "AWS::Events::Rule" "arn:aws:events:${AWS::Region}:${AWS::AccountId}:rule/{}" "Name" Name ["Arn"] [];
    "AWS::Glue::Crawler" "arn:aws:glue:${AWS::Region}:${AWS::AccountId}:crawler/{}" "Name" Name [] [];
    "AWS::Glue::Job" "arn:aws:glue:${AWS::Region}:${AWS::AccountId}:job/{}" "Name" Name [] [];
    "AWS::IAM::Role" "arn:aws:iam::${AWS::AccountId}:role/{}" "RoleName" Name ["Arn"] [];
    "AWS::IoT::Thing" "arn:aws:iot:${AWS::Region}:${AWS::AccountId}:thing/{}" "ThingName" Name ["Arn"] [];
    "AWS::KMS::Key" "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/{}" "" Name ["Arn"] ["KeyId"];
    "AWS::Kinesis::Stream" "arn:aws:kinesis:${AWS::Region}:${AWS::AccountId}:stream/{}" "Name" Name ["Arn"] [];
    "AWS::KinesisFirehose::DeliveryStream" "arn:aws:firehose:${AWS::Region}:${AWS::AccountId}:deliverystream/{}" "DeliveryStreamName" Name ["Arn"] [];
    "AWS::Lambda::Function" "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:{}" "FunctionName" Name ["Arn"] [];
    "AWS::Logs::LogGroup" "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:{}" "LogGroupName" Name [] [];
    "AWS::MSK::Cluster" "arn:aws:kafka:${AWS::Region}:${AWS::AccountId}:cluster/{}/*" "ClusterName" Arn ["Arn"] [];
    "AWS::OpenSearchService::Domain" "arn:aws:es:${AWS::Region}:${AWS::AccountId}:domain/{}" "DomainName" Name ["Arn" "DomainArn"] [];
    "AWS::RDS::DBCluster" "arn:aws:rds:${AWS::Region}:${AWS::AccountId}:cluster:{}" "DBClusterIdentifier" Name ["DBClusterArn"] [];
    "AWS::RDS::DBInstance" "arn:aws:rds:${AWS::Region}:${AWS::AccountId}:db:{}" "DBInstanceIdentifier" Name ["DBInstanceArn"] [];
    "AWS::S3::Bucket" "arn:aws:s3:::{}" "BucketName" Name ["Arn"] [];
    "AWS::SNS::Topic" "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:{}" "TopicName" Arn ["TopicArn"] ["TopicName"];
    "AWS::SQS::Queue" "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:{}" "QueueName" Url ["Arn"] ["QueueName" "QueueUrl"];
    "AWS::SSM::Parameter" "arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter/{}" "Name" Name [] [];
    "AWS::SageMaker::Endpoint" "arn:aws:sagemaker:${AWS::Region}:${AWS::AccountId}:endpoint/{}" "EndpointName" Arn [] ["EndpointName"];
    "AWS::Scheduler::ScheduleGroup" "arn:aws:scheduler:${AWS::Region}:${AWS::AccountId}:schedule-group/{}" "Name" Name ["Arn"] [];
    "AWS::SecretsManager::Secret" "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:{}-??????" "Name" Arn ["Id"] [];
    "AWS::Serverless::Api" "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:{}" "" Name [] [];
    "AWS::Serverless::Function" "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:{}" "FunctionName" Name ["Arn"] [];
    "AWS::Serverless::HttpApi" "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:{}" "" Name [] [];
    "AWS::Serverless::SimpleTable" "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/{}" "TableName" Name ["Arn"] [];
    "AWS::Serverless::StateMachine" "arn:aws:states:${AWS::Region}:${AWS::AccountId}:stateMachine:{}" "Name" Arn ["Arn"] ["Name"];
    "AWS::StepFunctions::Activity" "arn:aws:states:${AWS::Region}:${AWS::AccountId}:activity:{}" "Name" Arn ["Arn"] ["Name"];
    "AWS::StepFunctions::StateMachine" "arn:aws:states:${AWS::Region}:${AWS::AccountId}:stateMachine:{}" "StateMachineName" Arn ["Arn"] ["Name"];
    "AWS::Timestream::Database" "arn:aws:timestream:${AWS::Region}:${AWS::AccountId}:database/{}" "DatabaseName" Name ["Arn"] [];
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted_and_have_a_place_for_the_name() {
        assert!(RESOURCE_KINDS.is_sorted_by_key(|kind| kind.kind));
        for kind in RESOURCE_KINDS {
            assert_eq!(kind.arn.matches("{}").count(), 1, "{}", kind.kind);
            assert_eq!(resource_kind(kind.kind).map(|found| found.kind), Some(kind.kind));
        }
    }
}
