"""Tells others what happened."""

import json
from functools import lru_cache

import boto3


@lru_cache
def queue():
    return boto3.client("sqs")


def publish(queue_url, order):
    queue().send_message(QueueUrl=queue_url, MessageBody=json.dumps(order))
