"""Small helpers to read requests and to write or change answers of the query protocol."""

import json
import re
import xml.etree.ElementTree as ElementTree
from urllib.parse import parse_qs

from . import patchpoints

Answer = tuple  # (HTTP status, headers, body as bytes), as ministack's handlers return it


def param(params: dict, name: str, default: str = "") -> str:
    """One parameter of a query request; ministack holds each as a list."""
    value = params.get(name, default)
    if isinstance(value, list):
        return value[0] if value else default
    return value


def query_params(method: str, body: bytes, query: dict) -> dict:
    """The parameters of a query request, wherever they came."""
    params = dict(query)
    if method == "POST" and body:
        params.update(parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True))
    return params


def as_params(**values: str) -> dict:
    """The form in which ministack's handlers take parameters."""
    return {name: [value] for name, value in values.items()}


def iam_error(status: int, code: str, message: str) -> Answer:
    return patchpoints.module("services.iam")._error(status, code, message, ns="iam")


def sts_error(status: int, code: str, message: str) -> Answer:
    return patchpoints.module("services.sts")._error(status, code, message, ns="sts")


def cloudformation_error(code: str, message: str, status: int = 400) -> Answer:
    return patchpoints.module("services.cloudformation.helpers")._error(code, message, status)


def body_text(answer: Answer) -> str:
    body = answer[2]
    return body.decode("utf-8") if isinstance(body, bytes) else body


def element_text(answer: Answer, element: str) -> str:
    """The text of the first element of this name, or an empty string."""
    match = re.search(rf"<{element}>(.*?)</{element}>", body_text(answer), re.S)
    return match.group(1) if match else ""


def with_body(answer: Answer, text: str) -> Answer:
    """The same answer with another body."""
    return (answer[0], answer[1], text.encode("utf-8"), *answer[3:])


def parse_body(answer: Answer) -> tuple[ElementTree.Element, str]:
    """The answer as a tree, and the namespace prefix of its tags."""
    root = ElementTree.fromstring(answer[2])
    namespace = root.tag.split("}")[0] + "}" if "}" in root.tag else ""
    if namespace:
        ElementTree.register_namespace("", namespace[1:-1])
    return root, namespace


def with_tree(answer: Answer, root: ElementTree.Element) -> Answer:
    body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return (answer[0], answer[1], body, *answer[3:])


def must_succeed(answer: Answer) -> Answer:
    """Raise what a refused API call says, as a CloudFormation resource handler does with it."""
    if answer[0] >= 400:
        raise ValueError(element_text(answer, "Message") or body_text(answer))
    return answer


def as_json_text(document) -> str:
    return document if isinstance(document, str) else json.dumps(document)
