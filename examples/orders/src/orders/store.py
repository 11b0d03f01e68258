"""Keeps orders."""

import boto3


class Store:
    def __init__(self, table):
        self.table = boto3.resource("dynamodb").Table(table)

    def save(self, order):
        self.table.put_item(Item=order)

    def find(self, order_id):
        return self.table.get_item(Key={"id": order_id}).get("Item")
