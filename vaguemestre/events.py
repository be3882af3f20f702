"""New-mail events: Dovecot pushes in, browsers listen (server-sent events). One asyncio process, no database.

`POST /push` on loopback, from Dovecot's Lua with the word of `secrets/push.key`; `POST /end` with the same word, from
the web, when sessions have ended. `GET /evenements/` through nginx, with a ticket of five minutes signed by the web in
a cookie of that path alone; a minute before its end the page is told to bring another one. What goes out is only
"something changed": the page asks for the rest itself.

Nothing is missed when this process is slow or away: Dovecot, which waits for nobody, notes whom it could not tell in
`run/unheard`. Nothing is missed between two streams either: a page says up to when it knows (`depuis`, milliseconds, or
the last event's number), and is told at once when something came since, or when this process cannot know that nothing
did. The clocks of web and events must agree, which they do on one machine.
"""

import asyncio
import contextlib
import hmac
import json
import os
import secrets
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.settings")

from django.conf import settings

from vaguemestre.accounts.sessions import stream_tickets
from vaguemestre.accounts.sessions.stream_tickets import Ticket

RENEW_BEFORE = timedelta(minutes=1)
HEARTBEAT = b":\n\n"
# After a push that failed, Dovecot keeps silent for five seconds (push.lua): as long as that after our start, and a
# little more, something may have come of which nobody spoke.
DEAF = timedelta(seconds=6)
UNHEARD_SECONDS = 1
HEARTBEAT_SECONDS = 25  # proxies and phone networks cut a silent line after a minute
SEND_SECONDS = 10
STREAMS_OF_ONE = 20
# To the page whose stream makes room for another one: trying again at once, as browsers do, it would push out the next,
# and so on for ever. Looked at again, a page does not wait for it (`event-stream.ts`).
STAY_AWAY = b"retry: 120000\n\n"
WAITING_EVENTS = 50
LONGEST_PUSH = 64 * 1024
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

NOTHING_NAMED: dict[str, Any] = {"total": 0, "events": []}
NOTHING_KNOWN = json.dumps(NOTHING_NAMED)

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Inbox = asyncio.Queue[bytes | None]


@dataclass(frozen=True, eq=False)
class Listener:
    mark: str
    inbox: Inbox
    since: int | None  # up to when its page knows; None: it does not say
    shown: frozenset[str]  # whose mail the page shows: of others, shared mailboxes, it is told that a number changed

    def event(self, key: str, told: str, mark: int) -> bytes:
        return _event("mail", told, mark) if key in self.shown else _event("box", NOTHING_KNOWN, mark)


@dataclass(frozen=True)
class Ended:
    """Sessions of one account that are over: all, `only` one, or all `but` one."""

    at: datetime
    only: str
    but: str

    def ends(self, mark: str) -> bool:
        return mark == self.only if self.only else mark != self.but


class Streams:
    """Who listens. A reader that falls behind is let go: its browser comes back and asks afresh."""

    def __init__(self, knows_from: int = 0) -> None:
        self._listeners: dict[str, list[Listener]] = {}
        self._last: dict[str, int] = {}  # of each account, the last push: some megabytes for all of them
        self.knows_from = knows_from  # milliseconds
        self._ended: dict[str, list[Ended]] = {}  # as long as a ticket of before would be good

    @contextlib.contextmanager
    def listening(self, ticket: Ticket, since: int | None = None, box: str = "") -> Iterator[Inbox]:
        """`box`: the shared mailbox that the page shows."""
        shown = frozenset({ticket.key, box} if box in ticket.boxes else {ticket.key})
        me = Listener(ticket.mark, asyncio.Queue(WAITING_EVENTS), since, shown)
        keys = ticket.key, *ticket.boxes
        missed = [key for key in keys if self.missed(key, since)]
        if missed:
            me.inbox.put_nowait(me.event(next((key for key in missed if key in shown), ""), NOTHING_KNOWN, _mark()))
        for key in keys:
            self._listeners.setdefault(key, []).append(me)
        mine = [one for one in self._listeners[ticket.key] if ticket.key in one.shown]
        if len(mine) > STREAMS_OF_ONE:
            _close(mine[0].inbox, STAY_AWAY)
        try:
            yield me.inbox
        finally:
            for key in keys:
                self._leave(key, me)

    def _leave(self, key: str, listener: Listener) -> None:
        there = self._listeners[key]
        there.remove(listener)
        if not there:
            del self._listeners[key]

    def missed(self, key: str, since: int | None) -> bool:
        """Something came since, or may have come."""
        return since is not None and since < max(self.knows_from, self._last.get(key, 0))

    def changed(self, key: str, told: dict[str, Any]) -> None:
        mark = self._last[key] = _mark()
        words = json.dumps(told)
        for listener in self._listeners.get(key, ()):
            _put(listener, listener.event(key, words, mark))

    async def tell_everybody(self) -> None:
        """Who listens since before we knew. Not all at the same moment: each page will ask for its list."""
        for key, listeners in list(self._listeners.items()):
            for listener in listeners:
                if self.missed(key, listener.since):
                    _put(listener, listener.event(key, NOTHING_KNOWN, _mark()))
            await asyncio.sleep(0.001)

    def end(self, keys: list[str], ended: Ended) -> None:
        self._forget(ended.at - stream_tickets.LIFE)
        for key in keys:
            self._ended.setdefault(key, []).append(ended)
            for listener in self._listeners.get(key, ()):
                if ended.ends(listener.mark):
                    _close(listener.inbox, _event("ended", "1", _mark()))

    def refuses(self, ticket: Ticket) -> bool:
        """Made before its session ended."""
        return any(ticket.made_at <= ended.at and ended.ends(ticket.mark) for ended in self._ended.get(ticket.key, ()))

    def _forget(self, before: datetime) -> None:
        kept = {key: [one for one in ended if one.at > before] for key, ended in self._ended.items()}
        self._ended = {key: ended for key, ended in kept.items() if ended}


class Term:
    """How long a ticket lets its stream live, and the one moment when the page is told to bring a new one."""

    def __init__(self, ticket: Ticket) -> None:
        self._ends_at, self._renew_at = ticket.ends_at, ticket.ends_at - RENEW_BEFORE
        self._told = False

    def over(self) -> bool:
        return _now() >= self._ends_at

    def seconds(self) -> float:
        """Until there is something to say, or the end."""
        following = self._ends_at if self._told else self._renew_at
        return min(HEARTBEAT_SECONDS, max(0, (following - _now()).total_seconds()))

    def word(self) -> bytes:
        if self._told or _now() < self._renew_at:
            return HEARTBEAT
        self._told = True
        return _event("renew", "1", _mark())  # all that came before has gone out before


def _event(name: str, data: str, mark: int) -> bytes:
    """Without data a browser drops it."""
    return f"id: {mark}\nevent: {name}\ndata: {data}\n\n".encode()


def _mark() -> int:
    return int(_now().timestamp() * 1000)


def _put(listener: Listener, event: bytes) -> None:
    try:
        listener.inbox.put_nowait(event)
    except asyncio.QueueFull:
        _close(listener.inbox)


def _close(inbox: Inbox, *last: bytes) -> None:
    while not inbox.empty():
        inbox.get_nowait()
    for words in last:
        inbox.put_nowait(words)
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
            await _respond(send, await _told(scope, receive, _push))
        case "POST", "/end":
            await _respond(send, await _told(scope, receive, _end))
        case "GET", path if path == stream_tickets.PATH:
            await _stream(scope, receive, send)
        case "GET", "/health":
            await _respond(send, 200)
        case _:
            await _respond(send, 404)


async def _told(scope: Scope, receive: Receive, act: Callable[[dict[str, Any]], None]) -> int:
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
        act(json.loads(body))
    except (ValueError, KeyError, TypeError):
        return 400
    return 204


def _push(told: dict[str, Any]) -> None:
    key, events, total = str(told["user"]), list(told["events"]), int(told["total"])
    streams.changed(key, {"total": total, "events": events})


def _end(told: dict[str, Any]) -> None:
    streams.end([str(key) for key in told["users"]], Ended(_now(), str(told["only"]), str(told["but"])))


async def _stream(scope: Scope, receive: Receive, send: Send) -> None:
    ticket = stream_tickets.read_ticket(_shown(scope), now=_now())
    if ticket is None or streams.refuses(ticket):
        await _respond(send, 403)
        return
    with streams.listening(ticket, _since(scope), _box(scope)) as inbox:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        gone = asyncio.create_task(_gone(receive))
        try:
            await _feed(inbox, gone, send, Term(ticket))
        finally:
            gone.cancel()


async def _feed(inbox: Inbox, gone: asyncio.Task[None], send: Send, term: Term) -> None:
    # `retry`: after a restart of this process all browsers come back within some seconds, not all at once.
    event: bytes | None = b"retry: %d\n\n" % (1000 + secrets.randbelow(6000))
    while event is not None and not gone.done():
        try:
            await asyncio.wait_for(
                send({"type": "http.response.body", "body": event, "more_body": True}), timeout=SEND_SECONDS
            )
        except TimeoutError:
            return
        event = await _next(inbox, gone, term)
    if not gone.done():
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _next(inbox: Inbox, gone: asyncio.Task[None], term: Term) -> bytes | None:
    """The next event, or a comment that keeps the line open; None when the stream is over."""
    if term.over():
        return None
    waiting = asyncio.ensure_future(inbox.get())
    try:
        await asyncio.wait({waiting, gone}, timeout=term.seconds(), return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        return None if gone.done() or term.over() else term.word()
    finally:
        waiting.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _since(scope: Scope) -> int | None:
    """What the browser adds when it comes back by itself is newer than what the page's address says."""
    said = [dict(scope["headers"]).get(b"last-event-id", b""), *parse_qs(scope["query_string"]).get(b"depuis", [])]
    marks = [int(word) for word in said if word.isdigit() and len(word) < 16]
    return max(marks, default=None)


def _box(scope: Scope) -> str:
    said: bytes = parse_qs(scope["query_string"]).get(b"boite", [b""])[0]
    return said.decode("ascii", "replace")


def _shown(scope: Scope) -> str:
    try:
        cookies = SimpleCookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return ""
    return cookies[stream_tickets.COOKIE].value if stream_tickets.COOKIE in cookies else ""


def _now() -> datetime:
    return datetime.now(UTC)


def push_word() -> bytes:
    assert settings.SECRETS_DIR is not None, "the event process needs a data folder"  # noqa: S101 - programmer's error
    return bytes((settings.SECRETS_DIR / "push.key").read_bytes().strip())


async def _respond(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def _lifespan(receive: Receive, send: Send) -> None:
    beside: list[asyncio.Task[None]] = []
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            streams.knows_from = _mark() + DEAF // timedelta(milliseconds=1)
            beside = [asyncio.create_task(_settle()), asyncio.create_task(_take_up())]
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            for task in beside:
                task.cancel()
            return


async def _settle() -> None:
    await asyncio.sleep(DEAF.total_seconds())
    await streams.tell_everybody()


async def _take_up() -> None:
    """Each second, who is noted as not told (push.lua). The note goes first: what comes after it makes another one."""
    assert settings.DATA is not None, "the event process needs a data folder"  # noqa: S101 - programmer's error
    folder = settings.DATA / "run" / "unheard"
    while True:
        with contextlib.suppress(OSError):
            for note in list(folder.iterdir()):
                note.unlink()
                streams.changed(note.name, NOTHING_NAMED)
                await asyncio.sleep(0.001)  # each page will ask for its list
        await asyncio.sleep(UNHEARD_SECONDS)
