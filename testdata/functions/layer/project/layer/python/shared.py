import boto3

sns = boto3.client("sns")


def publish(text):
    sns.publish(TopicArn="arn:aws:sns:eu-west-1:123456789012:news", Message=text)
