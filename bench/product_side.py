"""Vaguemestre as a side of `bench.mix`: its people, its processes, and a bare page of it as the measure of all."""

import os
import re
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from bench.mail_users import Person
from bench.opening import PRESS, PRESSED, state
from bench.processes import children, command, tree
from bench.webmail_side import FORM, WRITTEN, Act, Side, Visitor
from bench.wire import Wire

# Behind `signed_in`: who asks is looked up, nothing else is.
BARE = "/annuaire/suggestions/personnes/"
BARE_TITLE = "signed-in view, one query"
PLAIN_PAGE = "/intranet/"  # tells the two words below, and asks nothing of the mailbox
WORDS = re.compile(rb'"X-CSRFToken": "(?P<csrf>[^"]+)"(?:, "X-Whose": "(?P<whose>[^"]+)")?')
FRAME = re.compile(rb'<iframe class="body-frame"[^>]* src="([^"]+)"')
HIDDEN = re.compile(rb'<input type="hidden"\s+(?:id="revision[^"]*" )?name="([^"]+)" value="([^"]*)"')
CALM_SECONDS = 6.0  # after which a worker that dies is no sign of a crash loop to granian
# Of all that the supervisor runs: what a request passes through. Not Postfix, Rspamd, pictures and files of strangers.
WEB = ("/run/web-", "mailbox.sandbox.cleaner")
OTHERS = ("nginx", "/dovecot", "vaguemestre.gate:", "vaguemestre.events:")


def side(endpoints: dict[str, Any], data: Path, people: Sequence[tuple[Person, Iterator[int]]]) -> Side:
    return Side("Vaguemestre", endpoints["web"], *processes(data), [visitor(endpoints, *one) for one in people])


def processes(data: Path) -> tuple[list[int], list[int]]:
    """Roots: of what makes pages, and of what else a request passes through."""
    return roots(data, WEB), roots(data, OTHERS)


def bare(ours: Side) -> Side:
    """The same people and processes, for a page that only says who asks."""
    visitors = [Visitor(one.cookies, {"bare": lambda wire: wire.ask("GET", BARE)}) for one in ours.visitors]
    return Side(BARE_TITLE, ours.origin, ours.web, ours.others, visitors)


def restart(data: Path, endpoints: dict[str, Any]) -> None:
    """As an operator does: what a process remembers of mailboxes is gone."""
    from vaguemestre.launcher.processes.leftovers import supervisor_of

    (old,) = roots(data, WEB[:1])
    os.kill(old, signal.SIGTERM)
    for _try in range(300):
        time.sleep(0.2)
        fresh = [pid for pid in roots(data, WEB[:1]) if pid != old]
        if fresh and len(tree(fresh)) > 2 and _answers(endpoints):
            return
    raise SystemExit(f"the web processes of {supervisor_of(data)} did not come back")


def replace_workers(data: Path, endpoints: dict[str, Any]) -> None:
    """The same: the supervisor waits longer each time, granian has another one at once, unless one died just before."""
    time.sleep(CALM_SECONDS)
    web = tree(roots(data, WEB[:1]))
    old = {pid for pid in web if not children().get(pid)}
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    for _try in range(100):
        time.sleep(0.1)
        there = tree(roots(data, WEB[:1]))
        if len(there) == len(web) and not old & set(there) and _answers(endpoints):
            return
    raise SystemExit("the web workers did not come back")


def _answers(endpoints: dict[str, Any]) -> bool:
    return Wire(endpoints["web"], endpoints["ca"]).ask("GET", "/health/")[0] == 200


def roots(data: Path, words: tuple[str, ...]) -> list[int]:
    """Of this demo's supervisor, those whose command line has one of the words."""
    from vaguemestre.launcher.processes.leftovers import supervisor_of

    supervisor = supervisor_of(data)
    assert supervisor, f"{data}: nothing runs there"
    return [pid for pid in children().get(supervisor, []) if any(word in command(pid) for word in words)]


def visitor(endpoints: dict[str, Any], person: Person, letters: Iterator[int], *, drafts: int = 0) -> Visitor:
    cookies, said = signed_in(endpoints, person.key)
    place = f"/webmail/dossiers/{person.folder}/"
    pane = PRESSED | said | {"X-Suite": f"1 {place}"}
    again = said | {"HX-Request": "true", "HX-Target": "section#liste", "X-Background-Refresh": "1"}
    shown = {"X-Etat": ""}  # what an open page was given is what it says next time

    def list_(wire: Wire) -> tuple[int, bytes]:
        status, page = wire.ask("GET", place, pane)
        if status == 200:
            shown["X-Etat"] = state(page)
        return status, page

    def open_(wire: Wire) -> tuple[int, bytes]:
        """A press of the mouse: the page, its frames, and that it was opened where that marks something."""
        status, page = wire.ask("GET", f"{place}{next(letters)}/", pane | shown | PRESS)
        answers = [(status, page)]
        if opened := wire.header("X-Ouverture"):
            answers.append(wire.ask("POST", opened, pane | shown))
        answers += [wire.ask("GET", frame.decode()) for frame in FRAME.findall(page)]
        return next((one for one in answers if one[0] not in (200, 204)), answers[0])

    def refresh(wire: Wire) -> tuple[int, bytes]:
        status, page = wire.ask("GET", place, again | shown)
        if status == 200:
            shown["X-Etat"] = state(page)
        return status, page

    def answer(wire: Wire) -> tuple[int, bytes]:
        """The sheet, what is kept of it while one writes, the press; it leaves at once."""
        _status, page = wire.ask("GET", f"{place}{next(letters)}/reponse/", said)
        form = {name.decode(): value.decode() for name, value in HIDDEN.findall(page)}
        form |= {"a": person.address, "texte": WRITTEN}
        path = f"/webmail/ecrire/{token_hex(16)}/"
        for _draft in range(drafts):
            status, page = wire.ask("POST", path, said | FORM, urlencode(form | {"pause": "1"}).encode())
            assert status == 200, f"{path}: {status}"
            form |= {name.decode(): value.decode() for name, value in HIDDEN.findall(page)}
        return wire.ask("POST", f"{path}envoi/", said | FORM, urlencode(form).encode())

    def listen(wire: Wire) -> tuple[int, bytes]:
        """A new ticket for its stream; the cookie is in the answer."""
        return wire.ask("GET", "/session/ecoute/", said | {"X-Background-Refresh": "1"})

    acts: dict[str, Act] = {"list": list_, "open": open_, "refresh": refresh}
    return Visitor(cookies, acts, {"answer": answer, "ask": listen})


def signed_in(endpoints: dict[str, Any], key: str) -> tuple[dict[str, str], dict[str, str]]:
    """Cookies, and what each page of theirs sends with its requests. Nobody pays for Argon2 here: bench.storm does."""
    from django.utils import timezone

    from vaguemestre.accounts.models import Account
    from vaguemestre.accounts.sessions import sessions

    account = Account.objects.select_related("person").get(key=key)
    token = sessions.open_session(
        account, shared_computer=False, address="127.0.0.1", agent="bench", now=timezone.now(), strong=True
    )
    assert token, "no session"
    wire = Wire(endpoints["web"], endpoints["ca"])
    wire.cookies = {sessions.COOKIE: token}
    status, page = wire.ask("GET", PLAIN_PAGE)
    words = WORDS.search(page)
    assert status == 200, f"{PLAIN_PAGE}: {status}"
    assert words, "a page without its words"
    csrf = {"__Host-csrf": wire.header("Set-Cookie").split(";")[0].partition("=")[2]}
    said = {"X-CSRFToken": words["csrf"].decode(), **({"X-Whose": words["whose"].decode()} if words["whose"] else {})}
    return {sessions.COOKIE: token, **csrf}, said
