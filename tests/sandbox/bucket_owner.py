"""The x-amz-expected-bucket-owner header of S3, which ministack does not look at.

Page: "Verifying bucket ownership with bucket owner condition" (S3 user guide): another owner is 403 AccessDenied.
"""

from . import patchpoints

HEADER = "x-amz-expected-bucket-owner"


def _handle_request(original):
    s3 = patchpoints.module("services.s3")

    async def handle(method, path, headers, body, query, *rest, **named):
        expected = headers.get(HEADER)
        bucket, _ = s3._parse_bucket_key(path, headers)
        owner = s3._bucket_owner_account(bucket) if expected else None
        if owner and owner != expected:
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}")
        return await original(method, path, headers, body, query, *rest, **named)

    return handle


def install() -> None:
    original = patchpoints.module("services.s3").handle_request
    patchpoints.replace("services.s3", "handle_request", _handle_request(original))
