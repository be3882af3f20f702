"""People who read mail in `bench.mix`: five of the demo, or hundreds made for it, who stay in that demo."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import batched
from typing import Any

from bench.opening import html_letter

ROLES = ("teacher", "school-head", "hr-officer")
FOLDER = "Mesure {}"
LETTERS = 60  # of each of many people
PRETTY = 10  # one in so many is HTML of 20 KB, the others some lines
TOGETHER = 4  # at once, while all is made


@dataclass(frozen=True)
class Person:
    key: str
    folder: str
    name: str
    uids: list[int]  # the newest first
    address: str = ""
    identifier: str = ""


def of_the_demo(endpoints: dict[str, Any], messages: int) -> list[Person]:
    """Those who sign in with a password alone, each with a folder of so many messages, of which they open the first."""
    from bench.list import _filled
    from vaguemestre.accounts.models import Account
    from vaguemestre.webmail.connection import pool

    found = []
    for account in (one for one in endpoints["accounts"] if one["role"] in ROLES):
        key = Account.objects.get(identifier=account["identifier"]).key
        folder = _filled(pool(), key, messages)
        with pool().session(key) as session:
            session.folders()
            uids = [int(row.uid) for row in session.page(folder, count=50).rows]
        found.append(Person(key, folder, FOLDER.format(messages), uids))
    return found


def made(count: int) -> list[Person]:
    """So many who have never come, each with an inbox of letters that nobody has opened."""
    keys = _accounts(count)
    began = time.monotonic()
    with ThreadPoolExecutor(TOGETHER) as several:
        people = list(several.map(_with_letters, keys))
    print(f"{count} inboxes in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return people


def _accounts(count: int) -> list[str]:
    from django.db import transaction

    from vaguemestre.accounts.models import Account
    from vaguemestre.accounts.testing import make_accounts, make_person

    known = list(
        Account.objects.filter(person__hr_key__startswith="mesure-").order_by("key").values_list("key", flat=True)
    )
    for some in batched(range(len(known), count), 250, strict=False):
        with transaction.atomic():
            persons = [make_person("Mesure", _word(number), hr_key=f"mesure-{number}") for number in some]
            known += [account.key for account in make_accounts(persons)]
    return known[:count]


def _word(number: int) -> str:
    """A family name that nobody else has."""
    letters = "".join("abcdefghijklmnopqrstuvwxyz"[number // 26**place % 26] for place in range(4))
    return f"Nombre{letters}"


def _with_letters(key: str) -> Person:
    from bench.list import message
    from vaguemestre.webmail.connection import pool

    with pool().session(key) as session:
        inbox = next(folder for folder in session.folders() if folder.name == "INBOX")
        connection = session._link.connection
        if inbox.total < LETTERS:
            letters = [
                html_letter(f"Mesure {number} {key}", 20_000) if number % PRETTY == 0 else message(number)
                for number in range(inbox.total, LETTERS)
            ]
            parts = b"".join(b" {%d+}\r\n%s" % (len(raw), raw) for raw in letters)
            answer = connection.round_trip([b"APPEND INBOX" + parts])
            assert answer.statuses[0].ok, answer.statuses[0].text
        answer = connection.round_trip([b"SELECT INBOX", rb"UID STORE 1:* -FLAGS.SILENT (\Seen)", b"CLOSE"])
        assert all(status.ok for status in answer.statuses), answer.statuses
        session.folders()
        assert inbox.id is not None
        uids = [int(row.uid) for row in session.page(inbox.id, count=LETTERS).rows]
    pool().forget(key)
    return Person(key, str(inbox.id), "INBOX", uids)
