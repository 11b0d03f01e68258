import os

import boto3

dynamodb = boto3.client("dynamodb")
sns = boto3.client("sns")


def handler(event, context):
    item = dynamodb.get_item(TableName=os.environ["TABLE"], Key={"id": {"S": event["id"]}})
    sns.publish(TopicArn=os.environ["TOPIC"], Message=str(item["Item"]))
    return item["Item"]
