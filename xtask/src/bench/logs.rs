//! Logs of CloudTrail, made up: the same at every run, shaped like real ones, as large as asked.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Result;

/// Size of each log.
const LOG_BYTES: usize = 1024 * 1024 * 1024;

/// A log and how much of it is the scanned function's own.
pub(super) struct Log {
    pub(super) name: &'static str,
    /// Every how many events one is the function's.
    own_every: u64,
}

pub(super) const LOGS: &[Log] =
    &[Log { name: "an account's log", own_every: 50 }, Log { name: "a function's own log", own_every: 1 }];

/// A function in its template, so that its role is known.
const TEMPLATE: &str = r#"{"Resources": {"Orders": {"Type": "AWS::Lambda::Function", "Properties": {
    "FunctionName": "orders", "Runtime": "python3.13", "Handler": "index.handler",
    "Role": "arn:aws:iam::111122223333:role/orders-role-1",
    "Code": {"ZipFile": "import boto3\ndef handler(event, context):\n    boto3.client('sqs').list_queues()\n"}}}}}
"#;

impl Log {
    /// Template and log in `folder`, made unless they are there.
    pub(super) fn obtain(&self, folder: &Path) -> Result<[PathBuf; 2]> {
        let folder = folder.join("logs");
        fs::create_dir_all(&folder)?;
        let template = folder.join("template.json");
        let log = folder.join(format!("every-{}.json", self.own_every));
        fs::write(&template, TEMPLATE)?;
        if fs::metadata(&log).map_or(true, |metadata| metadata.len() < LOG_BYTES as u64) {
            self.write(&log)?;
        }
        Ok([template, log])
    }

    fn write(&self, path: &Path) -> Result<()> {
        let mut output = BufWriter::new(File::create(path)?);
        let (mut written, mut event) = (0, String::new());
        output.write_all(b"{\"Records\":[")?;
        for number in 0.. {
            event.clear();
            self.event(number, &mut event)?;
            output.write_all(if number == 0 { b"" } else { b"," })?;
            output.write_all(event.as_bytes())?;
            written += event.len() + 1;
            if written >= LOG_BYTES {
                break;
            }
        }
        output.write_all(b"]}")?;
        Ok(output.flush()?)
    }

    fn event(&self, number: u64, event: &mut String) -> Result<()> {
        // Numbers that look like chance and are the same every time.
        let chance = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
        let (role, session) = match number % self.own_every {
            0 => ("orders-role-1".to_owned(), "orders".to_owned()),
            _ => (format!("service-role-{}", chance % 400), format!("service-{}", chance % 400)),
        };
        let (source, name, parameters, resource) = KINDS[usize::try_from(chance % KINDS.len() as u64)?];
        let parameters = parameters.replace('#', &chance.to_string());
        let day = number / 20_000 % 28 + 1;
        let (hour, minute, second) = (chance % 24, chance / 24 % 60, chance / 1440 % 60);
        write!(
            event,
            r#"{{"eventVersion":"1.11","userIdentity":{{"type":"AssumedRole","principalId":"AROAEXAMPLEEXAMPLE:{session}","arn":"arn:aws:sts::111122223333:assumed-role/{role}/{session}","accountId":"111122223333","accessKeyId":"ASIAEXAMPLEEXAMPLE","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAEXAMPLEEXAMPLE","arn":"arn:aws:iam::111122223333:role/{role}","accountId":"111122223333","userName":"{role}"}},"attributes":{{"creationDate":"2026-10-{day:02}T00:00:00Z","mfaAuthenticated":"false"}}}}}},"eventTime":"2026-10-{day:02}T{hour:02}:{minute:02}:{second:02}Z","eventSource":"{source}","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"10.0.{}.{}","userAgent":"Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux#5.10 md/arch#x86_64 lang/python#3.13.0 exec-env/AWS_Lambda_python3.13","requestParameters":{parameters},"responseElements":null,"requestID":"{chance:016X}-{number:08}","eventID":"{number:08x}-{chance:012x}","readOnly":true,"resources":[{{"accountId":"111122223333","type":"AWS::Any::Thing","ARN":"{resource}"}}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"service.eu-west-1.amazonaws.com"}}}}"#,
            chance % 256,
            number % 256,
        )?;
        Ok(())
    }
}

/// Source, name, parameters with `#` for a number, resource.
const KINDS: &[(&str, &str, &str, &str)] = &[
    (
        "dynamodb.amazonaws.com",
        "GetItem",
        r##"{"tableName":"orders","key":{"id":"#"},"returnConsumedCapacity":"NONE"}"##,
        "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
    ),
    (
        "s3.amazonaws.com",
        "GetObject",
        r##"{"bucketName":"photos","Host":"photos.s3.eu-west-1.amazonaws.com","key":"uploads/#.jpg"}"##,
        "arn:aws:s3:::photos",
    ),
    (
        "sqs.amazonaws.com",
        "ReceiveMessage",
        r##"{"queueUrl":"https://sqs.eu-west-1.amazonaws.com/111122223333/orders","maxNumberOfMessages":10}"##,
        "arn:aws:sqs:eu-west-1:111122223333:orders",
    ),
    (
        "kms.amazonaws.com",
        "Decrypt",
        r##"{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"number":"#"}}"##,
        "arn:aws:kms:eu-west-1:111122223333:key/1",
    ),
];
