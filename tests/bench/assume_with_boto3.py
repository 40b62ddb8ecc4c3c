"""Assumes a role as the usual script on boto3 does."""

import sys

import boto3

print(boto3.client("sts").assume_role(RoleArn=sys.argv[1], RoleSessionName="bench")["Credentials"]["AccessKeyId"])
