"""Signature Version 4 of a request as it came over the wire, by nothing but the standard library."""

import hashlib
import hmac
import re

SECRET = "CANARYsecret/+"
FORM = re.compile(r"AWS4-HMAC-SHA256 Credential=(\S+)/(\d{8})/([\w-]+)/([\w-]+)/aws4_request, "
                  r"SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})")


def keyed(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def is_right(request):
    """Whether the signature is that of these bytes, host, date and token included."""
    match = FORM.fullmatch(request.headers.get("authorization", ""))
    if not match:
        return False
    _, day, region, service, names, signature = match.groups()
    if not {"host", "x-amz-date", "x-amz-security-token", "content-type"} <= set(names.split(";")):
        return False
    headers = "".join(f"{name}:{request.headers[name]}\n" for name in names.split(";"))
    canonical = "\n".join([request.method, request.target, "", headers, names, hashlib.sha256(request.body).hexdigest()])
    scope = f"{day}/{region}/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope,
                         hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for part in (day, region, service, "aws4_request"):
        key = keyed(key, part)
    return hmac.compare_digest(keyed(key, to_sign).hex(), signature)
