import boto3
import yaml


def handler(event, context):
    client = boto3.client("secretsmanager", region_name="eu-west-1")
    return yaml.safe_load(client.get_secret_value(SecretId="settings")["SecretString"])
