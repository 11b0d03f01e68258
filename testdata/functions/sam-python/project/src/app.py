import os

import boto3
import requests

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    return {"statusCode": 200, "body": str(table.scan()["Items"]) + requests.get("https://rates.example").text}
