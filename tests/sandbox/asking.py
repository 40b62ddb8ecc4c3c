"""A small test runner: a topic is a module with `prepare(world)` and functions `ask_...(topic)`, asked in their order.

Questions of one topic build on each other, as the calls of a client do. A question fails by raising.
"""

import contextlib
import inspect
import time
import traceback
import uuid
from types import ModuleType
from typing import Callable

from botocore.exceptions import ClientError

from . import clients, seed

BAKERY = "111111111111"
BURGER = "222222222222"
OTHER_BURGER = "333333333333"


class World:
    """What every topic works with: the endpoint, and names that no other topic uses."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint
        self._suffix = ""

    def new_topic(self) -> None:
        self._suffix = uuid.uuid4().hex[:6]

    def name(self, word: str) -> str:
        return f"{word}{self._suffix}"

    def root(self, service: str, account: str = BAKERY, region: str = clients.REGION):
        return clients.root(self.endpoint, service, account, region)

    def user(self, word: str, **options) -> seed.User:
        return seed.create_user(self.endpoint, self.name(word), **options)

    def of(self, user: seed.User, service: str):
        return user.client(self.endpoint, service)

    def of_session(self, credentials: dict, service: str):
        return clients.of_session(self.endpoint, service, credentials)


@contextlib.contextmanager
def refused(*codes: str):
    """The call inside must be refused with one of these error codes."""
    try:
        yield
    except ClientError as refusal:
        code = refusal.response["Error"]["Code"]
        if code not in codes:
            raise AssertionError(f"refused with {code}, not {' or '.join(codes)}: {refusal}") from refusal
        return
    raise AssertionError(f"accepted, although {' or '.join(codes)} was due")


def equal(found, wanted) -> None:
    if found != wanted:
        raise AssertionError(f"found {found!r}, wanted {wanted!r}")


def contains(container, wanted) -> None:
    if wanted not in container:
        raise AssertionError(f"{wanted!r} is not in {container!r}")


def questions_of(topic: ModuleType) -> list[tuple[str, Callable]]:
    """Name (as words) and function, in the order of the file."""
    functions = [value for name, value in vars(topic).items()
                 if name.startswith("ask_") and inspect.isfunction(value)]
    functions.sort(key=lambda function: function.__code__.co_firstlineno)
    return [(function.__name__.removeprefix("ask_").replace("_", " "), function) for function in functions]


class Report:
    """Counts, and prints one line a question."""

    def __init__(self, verbose: bool):
        self.verbose = verbose
        self.passed = 0
        self.failed: list[str] = []

    def add(self, topic: str, question: str, failure: BaseException | None) -> None:
        print(f"{'FAIL' if failure else 'pass'}  {topic}: {question}", flush=True)
        if failure is None:
            self.passed += 1
            return
        self.failed.append(f"{topic}: {question}")
        print(f"      {type(failure).__name__}: {failure}", flush=True)
        if self.verbose:
            traceback.print_exception(failure)


def ask_topic(topic: ModuleType, world: World, report: Report) -> None:
    """Prepare and ask. When preparing fails, every question of the topic fails with it."""
    title = topic.__name__.rsplit(".", 1)[-1].replace("_", " ")
    world.new_topic()
    started = time.monotonic()
    count_before = report.passed
    prepared, broken = None, None
    try:
        prepared = topic.prepare(world)
    except Exception as failure:
        broken = failure
    questions = questions_of(topic)
    for name, function in questions:
        report.add(title, name, broken or _failure_of(function, prepared))
    took_s = time.monotonic() - started
    print(f"      {title}: {report.passed - count_before} of {len(questions)} in {took_s:.1f} s", flush=True)


def _failure_of(function: Callable, prepared) -> BaseException | None:
    try:
        function(prepared)
    except Exception as failure:
        return failure
    return None
