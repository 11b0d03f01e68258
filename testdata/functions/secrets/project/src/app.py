import os

# Made up.
SIGNING_SECRET = "h7Wq2ZkX9vTn4LbRd8Ys3MfGc6PjUe5A"
PLACEHOLDER_TOKEN = "your-token-here"


def handler(event, context):
    return os.environ["LOG_LEVEL"]
