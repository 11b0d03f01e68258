"""Turns an uploaded table into rows of a DynamoDB table."""

import io
import os

import boto3
import pandas
import requests

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
s3 = boto3.client("s3")


def handler(event, context):
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        body = s3.get_object(Bucket=bucket, Key=record["s3"]["object"]["key"])["Body"].read()
        for row in pandas.read_csv(io.BytesIO(body)).to_dict("records"):
            table.put_item(Item={name: str(value) for name, value in row.items()})
    requests.post(os.environ["CALLBACK"], json={"done": len(event["Records"])}, timeout=10)
