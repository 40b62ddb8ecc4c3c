"""boto3 clients for a sandbox. They take nothing from the environment or from files."""

import os

import boto3
from botocore.config import Config

# Nothing of the person's own AWS set-up has a say: a profile that AWS_PROFILE names need not even exist here.
for _name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_ENDPOINT_URL"]:
    del os.environ[_name]

REGION = "us-east-1"
ROOT_SECRET = "test"

CONFIG = Config(
    retries={"max_attempts": 0},
    connect_timeout=60,
    read_timeout=300,
    s3={"addressing_style": "path"},
)


def client(endpoint: str, service: str, access_key: str, secret: str, token: str | None = None,
           region: str = REGION, config: Config = CONFIG):
    """A client with exactly these keys."""
    return boto3.session.Session().client(
        service, endpoint_url=endpoint, region_name=region, aws_access_key_id=access_key,
        aws_secret_access_key=secret, aws_session_token=token, config=config)


def root(endpoint: str, service: str, account: str, region: str = REGION):
    """A client of an account's root: the sandbox takes the 12 digits as its access key. Only set-up uses it."""
    return client(endpoint, service, account, ROOT_SECRET, region=region)


def of_session(endpoint: str, service: str, credentials: dict, region: str = REGION):
    """A client with the Credentials that AssumeRole or GetSessionToken answered."""
    return client(endpoint, service, credentials["AccessKeyId"], credentials["SecretAccessKey"],
                  credentials["SessionToken"], region=region)
