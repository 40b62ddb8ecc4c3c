"""What CloudFormation checks in a template before it does anything, and the forms of TemplateURL.

Pages: ValidateTemplate, CreateStack (TemplateURL), "Template anatomy", "Virtual hosting of buckets" (S3).
"""

import contextlib
import re

from . import patchpoints

SUB_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
S3_HOST = r"s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?"
VIRTUAL_HOSTED = re.compile(rf"https://(?P<bucket>[a-z0-9.-]+?)\.{S3_HOST}/(?P<key>.+)")
PATH_STYLE = re.compile(rf"https://{S3_HOST}/(?P<bucket>[^/]+)/(?P<key>.+)")


def path_style(url: str) -> str:
    """The same object in the one form that ministack reads."""
    for pattern in (PATH_STYLE, VIRTUAL_HOSTED):
        match = pattern.fullmatch(url)
        if match:
            return f"https://s3.amazonaws.com/{match['bucket']}/{match['key']}"
    return url


def _scope_of(url: str):
    """A bucket of another account is read there, if that one lets us; ministack looks among the caller's alone."""
    s3, responses = patchpoints.module("services.s3"), patchpoints.module("core.responses")
    bucket, _, key = url.removeprefix("https://s3.amazonaws.com/").partition("/")
    owner, caller = s3._bucket_owner_account(bucket), responses.get_account_id()
    if owner and owner != caller and s3._foreign_bucket_allows(owner, bucket, key, "GET", {}, caller):
        return responses.request_scope(owner, responses.get_region())
    return contextlib.nullcontext()


def _resolve_document(original):
    def resolve(params, body_key, url_key, label):
        url = params.get(url_key, [""])
        url = path_style(url[0] if isinstance(url, list) else url)
        if url:
            params = {**params, url_key: [url]}
        with _scope_of(url):
            return original(params, body_key, url_key, label)

    return resolve


class References:
    """Who refers to whom in one template."""

    def __init__(self, template: dict):
        self.resources = template.get("Resources") or {}
        self.parameters = template.get("Parameters") or {}
        self.needs: dict[str, set[str]] = {name: set() for name in self.resources}
        self.unknown: set[str] = set()

    def add(self, target: str, source: str | None) -> None:
        if target in self.resources:
            if source:
                self.needs[source].add(target)
        elif target not in self.parameters and not target.startswith("AWS::"):
            self.unknown.add(target)

    def walk(self, node, source: str | None) -> None:
        """Follow every Ref, Fn::GetAtt and Fn::Sub below the node."""
        if isinstance(node, list):
            for item in node:
                self.walk(item, source)
        elif isinstance(node, dict):
            for key, value in node.items():
                self._walk_entry(node, key, value, source)

    def _walk_entry(self, node: dict, key: str, value, source: str | None) -> None:
        if key == "Ref" and isinstance(value, str) and len(node) == 1:
            self.add(value, source)
        elif key == "Fn::GetAtt":
            self.add(value[0] if isinstance(value, list) else value.split(".")[0], source)
        elif key == "Fn::Sub":
            self._walk_sub(value, source)
        else:
            self.walk(value, source)

    def _walk_sub(self, value, source: str | None) -> None:
        text, local = (value, {}) if isinstance(value, str) else (value[0], value[1])
        self.walk(local, source)
        for name in SUB_VARIABLE.findall(text):
            if name not in local:
                self.add(name.strip() if "::" in name else name.split(".")[0].strip(), source)

    def cycle(self) -> set[str]:
        """The resources that wait for each other: what is left when all that wait for nothing are taken away."""
        left = {name: set(needs) for name, needs in self.needs.items()}
        while left:
            free = {name for name, needs in left.items() if not needs}
            if not free:
                return set(left)
            left = {name: needs - free for name, needs in left.items() if name not in free}
        return set()


def _listed(names: set[str]) -> str:
    return "[" + ", ".join(sorted(names)) + "]"


def check_references(template: dict) -> None:
    """Raise what CloudFormation answers to a dangling reference or a circle of them."""
    found = References(template)
    for name, resource in found.resources.items():
        if not isinstance(resource, dict):
            continue
        found.walk(resource.get("Properties"), name)
        depends_on = resource.get("DependsOn") or []
        for target in [depends_on] if isinstance(depends_on, str) else depends_on:
            found.add(target, name)
    for section in ("Resources", "Outputs"):
        if section == "Outputs":
            found.walk(template.get("Outputs"), None)
        if found.unknown:
            raise ValueError(f"Template format error: Unresolved resource dependencies {_listed(found.unknown)} "
                             f"in the {section} block of the template")
    cycle = found.cycle()
    if cycle:
        raise ValueError(f"Circular dependency between resources: {_listed(cycle)}")


def _validate_statics(original):
    def validate(template):
        original(template)
        if not template.get("Transform"):
            check_references(template)

    return validate


def install() -> None:
    helpers = patchpoints.module("services.cloudformation.helpers")
    patchpoints.replace("services.cloudformation.helpers", "_resolve_document",
                        _resolve_document(helpers._resolve_document))
    engine = patchpoints.module("services.cloudformation.engine")
    patchpoints.replace("services.cloudformation.engine", "_validate_template_statics",
                        _validate_statics(engine._validate_template_statics))
