import boto3

ses = boto3.client("ses")


def send(event, context):
    ses.send_email(Source=event["from"], Destination={"ToAddresses": [event["to"]]}, Message=event["message"])


def count(event, context):
    return len(event["messages"])
