"""Any sequence of what feeds, undone imports, owners, administrators, the help desk and passing days do. After each act
the doors (the views that the daemons read, and `access`) are compared with what is expected (`expected_rights`), and
the rows with what the journal and the rooms above were told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection, connect
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, given, settings as hypothesis, strategies as st

from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.ports import account_followers, account_purgers, mail_holders, rules_rollback, sent_list
from vaguemestre.audit.models import Entry
from vaguemestre.engine.projection import file
from vaguemestre.people.ports import feed_followers
from vaguemestre.shared_mailboxes import access, posts, purge
from vaguemestre.shared_mailboxes.models import Membership
from vaguemestre.shared_mailboxes.ports import LostRight, right_followers
from vaguemestre.shared_mailboxes.tests.expected_rights import BOXES, PLACES, STRENGTH, Line, Post, over
from vaguemestre.shared_mailboxes.tests.place_life import Clock, PlaceLife

pytestmark = pytest.mark.django_db
VOID = {"left-post": "box.left-post", "taken-away": "box.member-removed", "date": "box.over", "left-duty": "box.over"}
OPENED = """SELECT m.member, m.box, m.rights FROM mail_membership m JOIN mail_standing s ON s.key = m.box
    WHERE s.refusal IS NULL"""

DAYS = st.sampled_from([1, 2, 14, 15, 16, 21, 22, 30, 66, 100])
SOON = st.none() | st.integers(0, 30)
PERSON = st.integers(1, 5)
FUNCTION = st.sampled_from(["DIR", "ADJ", "ENS", "ADM"])
POST = st.builds(Post, st.sampled_from(list(PLACES)), FUNCTION, SOON)
LINE = st.builds(
    Line, st.lists(POST, min_size=1, max_size=2, unique_by=lambda post: post[:2]).map(tuple), st.none() | st.just(20)
)
SERVICE = st.sampled_from(["jury", "stages"])
BOX = st.sampled_from(list(BOXES)) | SERVICE
RIGHT = st.sampled_from(STRENGTH)
ACT = st.one_of(
    st.tuples(st.just("feed"), st.dictionaries(PERSON, st.none() | LINE, min_size=1, max_size=3)),
    st.tuples(st.just("swap"), PERSON, PERSON),
    st.tuples(st.just("undo"), st.booleans()),
    st.tuples(st.just("wait"), DAYS),
    st.tuples(st.sampled_from(["add", "change"]), BOX, PERSON, RIGHT, SOON, PERSON),
    st.tuples(st.just("remove"), BOX, PERSON, PERSON),
    st.tuples(st.just("let_in"), BOX, PERSON, RIGHT, SOON),
    st.tuples(st.just("service"), SERVICE, st.lists(PERSON, max_size=2), st.just("") | FUNCTION,
              st.none() | st.sampled_from(list(PLACES))),
    st.tuples(st.sampled_from(["close", "reopen"]), SERVICE),
    st.tuples(st.just("help_desk"),
              st.sampled_from(["lock", "unlock", "stolen", "unblock", "restore", "sign in", "purge"]), PERSON),
)  # fmt: skip


class World(PlaceLife):
    """With what must hold after each act."""

    def __init__(self, folder: Path, clock: Clock, views: Connection) -> None:
        super().__init__(folder, clock)
        self.views = views
        self.rows: dict[int, dict[str, Any]] = {}
        self.told: list[LostRight] = []
        self.journal = 0

    def hear(self, lost: Sequence[LostRight], _now: datetime) -> dict[LostRight, dict[str, int]]:
        self.told += lost
        return {}

    def play(self, acts: Sequence[tuple[Any, ...]]) -> None:
        for name, *arguments in acts:
            self.act(name, *arguments)
            by_pages, expected = self.look()
            assert name != "wait" or by_pages == expected  # a day that is over shuts without any job
            self.settle()
            self.check()
            if name == "undo" and self.expected.undone and self.before_import is not None:
                assert self.current() == self.before_import
            if name not in {"feed", "swap"}:
                self.before_import = None

    def look(self) -> tuple[set[tuple[str, str, str]], set[tuple[str, str, str]]]:
        """What opens what to whom at this moment, the same by all doors; and what is expected to."""
        parts = dict(Account.every.filter(kind="shared").values_list("key", "local_part"))
        by_views = {(member, parts[box], right) for member, box, right in self.views.execute(OPENED)}
        by_pages = set()
        expected = set()
        for person, account in self.accounts().items():
            assert bool(account.mail_refusal(self.clock.now)) == self.is_shut(account)
            if self.is_shut(account):
                continue
            mine = access.boxes_of(account, self.today)
            by_pages |= {(account.key, one.local_part, one.right.value) for one in mine}
            for name in parts.values():
                found = None
                with suppress(Http404):
                    found = access.box_for(account, name, self.today)[1]
                assert found == next((one.right for one in mine if one.local_part == name), None)
            expected |= {
                (account.key, box, one.right)
                for (box, who), one in self.expected.rights.items()
                if who == person and box not in self.expected.closed and not over(one.last, self.today)
            }
        assert by_views == by_pages
        return by_pages, expected

    def check(self) -> None:
        by_pages, expected = self.look()
        assert by_pages == expected
        rights = {pair: (one.right, one.last) for pair, one in self.expected.rights.items()}
        assert self.current() == rights
        live = {who for (box, who), one in self.expected.rights.items() if box not in self.expected.closed}
        assert {person for person, one in self.accounts().items() if one.in_boxes} == live
        self.check_rows()

    def check_rows(self) -> None:
        """Periods are begun and ended, never written over; each begin and end is in the journal once, and each loss was
        told once."""
        before, self.rows = self.rows, {row["id"]: {**row} for row in Membership.objects.order_by("pk").values()}
        for number, row in before.items():
            after = self.rows.get(number)
            if after is None:
                assert row["member_id"] == self.purged
            elif row["ended_at"] is None:
                assert after | {"ended_at": None, "end": ""} == row
            else:
                assert after == row
        gone = {
            number: row | {"end": "left-duty"}
            for number, row in before.items()
            if number not in self.rows and row["ended_at"] is None
        }
        changed = {
            number: row
            for number, row in (self.rows | gone).items()
            if number not in before or row["end"] != before[number]["end"]
        }
        lines: Counter[Any] = Counter()
        told: Counter[Any] = Counter()
        for number, row in changed.items():
            theirs = [one for one in self.rows.values() if (one["box_id"], one["member_id"]) == pair_of(row)]
            if row["end"]:
                then = next((one for one in theirs if one["id"] > number and one["id"] not in before), None)
                then = then if row["end"] not in {"taken-away", "left-duty"} else None
                if row["end"] in VOID:
                    overlap = then["right"] if then and row["end"] == "left-post" else None
                    lines[VOID[row["end"]], *pair_of(row), overlap] += 1
                if row["right"] != (remaining := then and then["right"]) and remaining in {None, "reader"}:
                    told[*pair_of(row), remaining] += 1
            if number not in before:
                former = [one for one in theirs if one["id"] < number]
                assert all(today(one["ended_at"]) <= row["starts"] for one in former)
                if not (former and former[-1]["id"] in changed and former[-1]["end"] == "left-post"):
                    lines["box.joined" if row["by_rule"] else "box.member-added", *pair_of(row), row["right"]] += 1
        assert told == Counter((one.box.key, one.member.key, one.remaining) for one in self.told)
        self.told.clear()
        written = Entry.objects.filter(pk__gt=self.journal, act__in=[*VOID.values(), "box.joined", "box.member-added"])
        keys = {one.address: one.key for one in Account.every.filter(kind="shared")}
        assert lines == Counter(
            (one.act, keys[one.details["box"]], one.subject, one.details.get("right")) for one in written
        )
        self.journal = Entry.objects.latest("pk").pk


def pair_of(row: dict[str, Any]) -> tuple[str, str]:
    return row["box_id"], row["member_id"]


@pytest.fixture
def world(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rewired: ExitStack) -> World:
    """Two heads, a deputy, a teacher in two places; somebody who has not come. No daemon: their views are in memory."""
    monkeypatch.setattr(settings, "DATA", None)
    monkeypatch.setattr(settings, "SECRETS_DIR", None)
    monkeypatch.setattr(account_shutdown.logger, "disabled", True)  # the daemons know it after the act's transaction
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    views = connect(":memory:", isolation_level=None)
    views.create_function("unixepoch", 0, lambda: int(clock.now.timestamp()))
    file.empty(views)
    monkeypatch.setattr(file, "path", lambda: tmp_path)
    monkeypatch.setattr(file, "written", lambda _place: nullcontext(views))
    world = World(tmp_path, clock, views)
    rewired.enter_context(mail_holders.replaced())
    rewired.enter_context(account_purgers.replaced(purge.purge))
    rewired.enter_context(feed_followers.replaced(posts.KEEP_UP))
    rewired.enter_context(account_followers.replaced(posts.follow_ended_accounts))
    rewired.enter_context(rules_rollback.replaced(lambda *_facts: []))
    rewired.enter_context(sent_list.replaced(lambda *_facts: []))
    rewired.enter_context(right_followers.replaced(world.hear))
    first, second, office = PLACES
    world.play([
        ("feed", {
            1: Line((Post(first, "DIR"),)), 2: Line((Post(second, "DIR"),)), 3: Line((Post(first, "ADJ"),)),
            4: Line((Post(first, "ENS"), Post(second, "ENS"))), 5: Line((Post(office, "ADM"),)),
        }),
        *(("help_desk", "sign in", person) for person in range(1, 6)),
        ("wait", 7),
    ])  # fmt: skip
    return world


@contextmanager
def another(world: World) -> Iterator[World]:
    """As it was, and nothing of what is done there stays."""
    now = world.clock.now
    world.views.execute("BEGIN")
    try:
        with transaction.atomic():
            example = World(world.folder, world.clock, world.views)
            example.expected, example.rows = deepcopy(world.expected), dict(world.rows)
            example.told, example.journal = world.told, world.journal
            yield example
            transaction.set_rollback(True)
    finally:
        world.views.execute("ROLLBACK")
        world.told.clear()
        world.clock.now = now


def play_any(world: World, examples: int, *, derandomize: bool, most: int) -> None:
    @hypothesis(max_examples=examples, derandomize=derandomize, deadline=None, database=None,
                suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.lists(ACT, min_size=1, max_size=most))
    def play(acts: list[tuple[Any, ...]]) -> None:
        with another(world) as example:
            example.play(acts)

    play()


def test_no_sequence_opens_or_shuts_a_box_that_it_should_not(world: World) -> None:
    play_any(world, 20, derandomize=True, most=10)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_nor_does_any_of_many(world: World) -> None:
    play_any(world, 2000, derandomize=False, most=25)
