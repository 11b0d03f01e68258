//! Names of the JavaScript SDKs' classes and packages.

use anyhow::Result;

use crate::facts::table::Rows;
use crate::facts::{Facts, javascript};

/// Packages whose name the generator's rule does not give, or that a botocore service shares:
/// `(package, service, client)`.
const OTHER_PACKAGES: &[(&str, &str, &str)] = &[
    // CloudWatch Events is EventBridge's older name.
    ("@aws-sdk/client-cloudwatch-events", "events", "CloudWatchEventsClient"),
    // Streaming operations have clients of their own; botocore has no model of them.
    ("@aws-sdk/client-rekognitionstreaming", "rekognition", "RekognitionStreamingClient"),
    ("@aws-sdk/client-transcribe-streaming", "transcribe", "TranscribeStreamingClient"),
    // Published names of the first releases.
    ("@aws-sdk/client-s3-browser", "s3", "S3Client"),
    ("@aws-sdk/client-s3-node", "s3", "S3Client"),
];

pub(super) fn packages(facts: &Facts) -> Result<Rows> {
    let mut rows = Rows::default();
    for (name, service) in &facts.botocore.services {
        let package = javascript::package(&service.service_id);
        let is_first = facts.botocore.with_service_id(&service.service_id).is_some_and(|(first, _)| first == name);
        if is_first {
            rows.add([&package, name, &javascript::client(&service.service_id)]);
        }
    }
    for (package, service, client) in OTHER_PACKAGES {
        rows.add([package, service, client]);
    }
    Ok(rows)
}

pub(super) fn classes(facts: &Facts) -> Result<Rows> {
    let mut rows = Rows::default();
    for class in javascript::classes(&facts.sources)? {
        rows.add([&class.name, &class.service(facts)?]);
    }
    Ok(rows)
}
