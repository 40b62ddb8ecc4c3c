"""What a test can do to the sandbox that nobody can do to AWS.

POST /_sandbox/expire-sessions    every session is expired from now on (a session lives 15 minutes at least)
"""

import time

from . import patchpoints

EXPIRE_PATH = "/_sandbox/expire-sessions"


def _expire_sessions() -> int:
    sessions = patchpoints.module("services.sts")._sessions
    for session in sessions.values():
        session["Expiration"] = time.time() - 1
    return len(sessions)


def _controlled_app(original):
    async def app(scope, receive, send):
        if scope["type"] != "http" or scope["path"] != EXPIRE_PATH or scope["method"] != "POST":
            return await original(scope, receive, send)
        body = f"{_expire_sessions()} sessions expired\n".encode()
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def install() -> None:
    patchpoints.replace("app", "app", _controlled_app(patchpoints.module("app").app))
