"""Takes orders."""

import json
import os
import uuid

from events import publish
from store import Store

store = Store(os.environ["TABLE"])


def handler(event, context):
    order = json.loads(event["body"])
    order["id"] = str(uuid.uuid4())
    store.save(order)
    publish(os.environ["QUEUE_URL"], order)
    return {"statusCode": 201, "body": json.dumps({"id": order["id"]})}
