//! Whole behaviours on small files.

use crate::testing;

/// The calls of one file without a handler.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    testing::check(&[("app.py", text)], None, None, expected);
}

/// The calls that `app.handler` reaches in these files.
#[track_caller]
fn check_handler(files: &[(&str, &str)], expected: &[&str]) {
    testing::check(files, Some("app.handler"), Some("python3.12"), expected);
}

#[test]
fn clients_are_known_however_they_are_made() {
    for text in [
        "import boto3\nboto3.client('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3 as b\nb.client('s3').get_object(Bucket='b', Key='k')\n",
        "from boto3 import client\nclient('s3').get_object(Bucket='b', Key='k')\n",
        "from boto3 import client as c\nc(service_name='s3').get_object(Bucket='b', Key='k')\n",
        "import boto3\nboto3.client(service_name='s3', region_name='x').get_object(Bucket='b', Key='k')\n",
        "import boto3\nboto3.Session().client('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3.session\nboto3.session.Session(profile_name='p').client('s3').get_object(Bucket='b', Key='k')\n",
        "from boto3.session import Session\nSession().client('s3').get_object(Bucket='b', Key='k')\n",
        "import botocore.session\nbotocore.session.get_session().create_client('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3\nboto3.DEFAULT_SESSION.client('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3\nboto3.resource('s3').meta.client.get_object(Bucket='b', Key='k')\n",
        "import boto3\nS = 's3'; boto3.client(S).get_object(Bucket='b', Key='k')\n",
        "import boto3\n(c := boto3.client('s3')).get_object(Bucket='b', Key='k')\n",
        "import boto3\nf = boto3.client; f('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3\ngetattr(boto3, 'client')('s3').get_object(Bucket='b', Key='k')\n",
        "import importlib\nimportlib.import_module('boto3').client('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3\nx = {'s': boto3.client('s3')}['s'].get_object(Bucket='b', Key='k')\n",
        "import boto3\na, b = boto3.client('s3'), 1; a.get_object(Bucket='b', Key='k')\n",
    ] {
        let line = if text.contains("boto3.client\n") { 2 } else { 2 };
        check(text, &[&format!("app.py:{line} s3.GetObject(Bucket=b Key=k)")]);
    }
}

#[test]
fn code_without_an_sdk_is_never_guessed_at() {
    for text in [
        "import json\njson.load(open('x'))\n",
        "import yaml, torch, pickle\nyaml.load(f); torch.load(f); pickle.load(f)\n",
        "def f(d, x):\n    d.copy()\n    x.delete()\n    x.query(Table='x'); x.scan(); x.publish(TopicArn='x')\n",
        "import requests\nrequests.get('x').delete()\nclient = make()\nclient.get_object(Bucket='b', Key='k')\n",
        "import boto3\nimport json\nd = {}\nd.copy(); json.load(open('x')); [].copy()\n",
        "import boto3\ns3 = boto3.client('s3')\nimport redis\nr = redis.Redis()\nr.publish('a', 'b'); r.copy(); r.delete()\n",
        "import boto3\ns3 = boto3.client('s3')\ndef f(obj):\n    obj.delete()\n    obj.copy()\n",
    ] {
        check(text, &[]);
    }
}
