"""Writes a daily report."""

import csv
import io
import os

import boto3

dynamodb = boto3.client("dynamodb")
s3 = boto3.client("s3")


def run(event, context):
    rows = []
    for page in dynamodb.get_paginator("scan").paginate(TableName=os.environ["TABLE"]):
        rows.extend(page["Items"])
    out = io.StringIO()
    csv.writer(out).writerows([row["id"]["S"]] for row in rows)
    s3.put_object(Bucket=os.environ["BUCKET"], Key="report.csv", Body=out.getvalue())
    return {"rows": len(rows)}
