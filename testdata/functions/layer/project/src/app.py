from shared import publish


def handler(event, context):
    publish(event["text"])
