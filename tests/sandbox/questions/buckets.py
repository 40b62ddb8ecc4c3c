"""What deploy asks of S3: writes that overwrite nothing, the owner checked, versions, regional URLs."""

import json
from types import SimpleNamespace

from ..asking import BAKERY, BURGER, World, equal, refused
from . import kit


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, bucket=world.name("bucket-"), s3=world.root("s3"), topic=world.name("topic"),
                        cloudformation=world.root("cloudformation"))
    t.s3.create_bucket(Bucket=t.bucket)
    return t


def ask_IfNoneMatch_writes_a_new_key(t):
    t.s3.put_object(Bucket=t.bucket, Key="a/one.json", Body=b"{}", IfNoneMatch="*")


def ask_IfNoneMatch_refuses_an_existing_key(t):
    with refused("PreconditionFailed", "412"):
        t.s3.put_object(Bucket=t.bucket, Key="a/one.json", Body=b"{}", IfNoneMatch="*")


def ask_right_ExpectedBucketOwner(t):
    t.s3.put_object(Bucket=t.bucket, Key="two.json", Body=b"{}", ExpectedBucketOwner=BAKERY)


def ask_wrong_ExpectedBucketOwner_is_denied(t):
    with refused("AccessDenied", "403"):
        t.s3.put_object(Bucket=t.bucket, Key="three.json", Body=b"{}", ExpectedBucketOwner=BURGER)


def ask_bucket_of_another_account_is_denied(t):
    with refused("AccessDenied", "403"):
        t.world.root("s3", BURGER).put_object(Bucket=t.bucket, Key="four.json", Body=b"{}")


def ask_missing_bucket(t):
    with refused("NoSuchBucket"):
        t.s3.put_object(Bucket=t.bucket + "-none", Key="a", Body=b"")


def ask_key_with_hard_characters(t):
    key = "a b+c%/ü.json"
    t.s3.put_object(Bucket=t.bucket, Key=key, Body=b"x")
    equal(t.s3.get_object(Bucket=t.bucket, Key=key)["Body"].read(), b"x")


def ask_private_versioned_encrypted(t):
    t.s3.put_bucket_versioning(Bucket=t.bucket, VersioningConfiguration={"Status": "Enabled"})
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    t.s3.put_public_access_block(Bucket=t.bucket, PublicAccessBlockConfiguration=block)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    t.s3.put_bucket_encryption(Bucket=t.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    equal(t.s3.get_bucket_versioning(Bucket=t.bucket)["Status"], "Enabled")


def ask_requests_count_as_sent_over_TLS(t):
    name = t.world.name("tls-")
    t.s3.create_bucket(Bucket=name)
    writer = t.world.of(t.world.user("writer", policy=kit.policy(kit.allow("s3:*"))), "s3")
    _refuse_when_secure_transport_is(t, name, "false")
    writer.put_object(Bucket=name, Key="a", Body=b"")
    _refuse_when_secure_transport_is(t, name, "true")
    with refused("AccessDenied"):
        writer.put_object(Bucket=name, Key="b", Body=b"")


def _refuse_when_secure_transport_is(t, bucket: str, value: str) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*",
                 "Condition": {"Bool": {"aws:SecureTransport": value}}}
    t.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(kit.policy(statement)))


def ask_template_by_every_form_of_URL(t):
    kit.put_template(t.s3, t.bucket, "t.json", kit.template({"T": kit.topic(t.topic)}))
    for url in (f"https://s3.amazonaws.com/{t.bucket}/t.json", f"https://s3.us-east-1.amazonaws.com/{t.bucket}/t.json",
                f"https://{t.bucket}.s3.amazonaws.com/t.json", f"https://{t.bucket}.s3.us-east-1.amazonaws.com/t.json"):
        t.cloudformation.validate_template(TemplateURL=url)


def ask_template_in_a_bucket_of_another_account(t):
    name = t.world.name("shared-")
    t.s3.create_bucket(Bucket=name)
    kit.put_template(t.s3, name, "t.json", kit.template({"T": kit.topic(t.topic)}))
    burger = t.world.root("cloudformation", BURGER)
    with refused("ValidationError"):
        burger.create_stack(StackName=name, TemplateURL=f"https://{name}.s3.us-east-1.amazonaws.com/t.json")
    statement = {"Effect": "Allow", "Principal": {"AWS": kit.root_of(BURGER)}, "Action": "s3:GetObject",
                 "Resource": f"arn:aws:s3:::{name}/*"}
    t.s3.put_bucket_policy(Bucket=name, Policy=json.dumps(kit.policy(statement)))
    burger.create_stack(StackName=name, TemplateURL=f"https://{name}.s3.us-east-1.amazonaws.com/t.json")
    equal(kit.rest(burger, name)["StackStatus"], "CREATE_COMPLETE")
