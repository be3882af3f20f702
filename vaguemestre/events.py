"""New-mail events: Dovecot pushes in, browsers listen (server-sent events). One asyncio process, no database.

`POST /push` on loopback, from Dovecot's Lua with the word of `secrets/push.key`. `GET /evenements/` through nginx, with
a ticket signed by the web in a cookie of that path alone. What goes out is only "something changed": the page asks for
the rest itself.
"""

import asyncio
import contextlib
import hmac
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from http.cookies import CookieError, SimpleCookie
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.settings")

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.mail_token import EVENTS_COOKIE, EVENTS_PATH, EVENTS_SALT

HEARTBEAT_SECONDS = 25  # proxies and telephone networks cut a silent line after a minute
SEND_SECONDS = 10
STREAMS_OF_ONE = 20
WAITING_EVENTS = 50
LONGEST_PUSH = 64 * 1024
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Inbox = asyncio.Queue[bytes | None]


class Streams:
    """Who listens. A reader that falls behind is let go: its browser comes back and asks afresh."""

    def __init__(self) -> None:
        self._inboxes: dict[str, list[Inbox]] = {}

    @contextlib.contextmanager
    def listening(self, key: str) -> Iterator[Inbox]:
        inbox: Inbox = asyncio.Queue(WAITING_EVENTS)
        mine = self._inboxes.setdefault(key, [])
        mine.append(inbox)
        if len(mine) > STREAMS_OF_ONE:
            _close(mine[0])
        try:
            yield inbox
        finally:
            mine.remove(inbox)
            if not mine:
                self._inboxes.pop(key, None)

    def tell(self, key: str, event: bytes) -> None:
        for inbox in self._inboxes.get(key, ()):
            try:
                inbox.put_nowait(event)
            except asyncio.QueueFull:
                _close(inbox)


def _close(inbox: Inbox) -> None:
    while not inbox.empty():
        inbox.get_nowait()
    inbox.put_nowait(None)


streams = Streams()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        await _route(scope, receive, send)


async def _route(scope: Scope, receive: Receive, send: Send) -> None:
    match scope["method"], scope["path"]:
        case "POST", "/push":
            await _respond(send, await _push(scope, receive))
        case "GET", path if path == EVENTS_PATH:
            await _stream(scope, receive, send)
        case "GET", "/health":
            await _respond(send, 200)
        case _:
            await _respond(send, 404)


async def _push(scope: Scope, receive: Receive) -> int:
    if not hmac.compare_digest(dict(scope["headers"]).get(b"x-vaguemestre-push", b""), push_word()):
        return 403
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LONGEST_PUSH:
            return 413
        if not message.get("more_body"):
            break
    try:
        told = json.loads(body)
        key, events, total = str(told["user"]), list(told["events"]), int(told["total"])
    except (ValueError, KeyError, TypeError):
        return 400
    streams.tell(key, f"event: mail\ndata: {json.dumps({'total': total, 'events': events})}\n\n".encode())
    return 204


async def _stream(scope: Scope, receive: Receive, send: Send) -> None:
    key = account_of(_ticket(scope))
    if key is None:
        await _respond(send, 403)
        return
    with streams.listening(key) as inbox:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        gone = asyncio.create_task(_gone(receive))
        try:
            await _feed(inbox, gone, send)
        finally:
            gone.cancel()


async def _feed(inbox: Inbox, gone: asyncio.Task[None], send: Send) -> None:
    # `retry`: after a restart of this process all browsers come back within five seconds, not all at once.
    event: bytes | None = b"retry: 5000\n\n"
    while event is not None and not gone.done():
        try:
            await asyncio.wait_for(
                send({"type": "http.response.body", "body": event, "more_body": True}), timeout=SEND_SECONDS
            )
        except TimeoutError:
            return
        event = await _next(inbox, gone)
    if not gone.done():
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _next(inbox: Inbox, gone: asyncio.Task[None]) -> bytes | None:
    """The next event, or a comment that keeps the line open; None when the stream is over."""
    waiting = asyncio.ensure_future(inbox.get())
    try:
        await asyncio.wait({waiting, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        return None if gone.done() else b":\n\n"
    finally:
        waiting.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _ticket(scope: Scope) -> str:
    try:
        cookies = SimpleCookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return ""
    return cookies[EVENTS_COOKIE].value if EVENTS_COOKIE in cookies else ""


def account_of(ticket: str) -> str | None:
    """A ticket lasts as long as a session may: a browser that lost the line shows the same one again."""
    try:
        return TimestampSigner(salt=EVENTS_SALT).unsign(ticket, max_age=academy().sessions.absolute_hours * 3600)
    except BadSignature:
        return None


def push_word() -> bytes:
    assert settings.SECRETS_DIR is not None, "the event process needs a data folder"  # noqa: S101 - programmer's error
    return bytes((settings.SECRETS_DIR / "push.key").read_bytes().strip())


async def _respond(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
