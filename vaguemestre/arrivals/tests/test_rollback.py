"""A mistaken import taken back: everybody as before, and nothing lost by it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import DjangoCaptureOnCommitCallbacks

from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account, LocalPart, SignIn
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.testing import give_password
from vaguemestre.arrivals import feed_effects, rollback
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.letters.models import Letter
from vaguemestre.people import import_memory, testing
from vaguemestre.people.import_rollback import NothingToUndoError
from vaguemestre.people.models import Former, Pending, Person, Snapshot
from vaguemestre.people.snapshot import compare
from vaguemestre.people.testing import REMPARTS, row

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
State = Account.State
type Row = dict[str, str]
type Take = Callable[..., None]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    def take_feed(*rows: Row, now: datetime = NOW) -> None:
        feed = testing.feed(tmp_path, rows, dated=today(now))
        feed_effects.take_effect(compare(feed, today(now)), now=now, by="operator:test")

    return take_feed


def account(number: int) -> Account:
    return Account.objects.select_related("person").get(person__hr_key=f"RH{number}")


def undo(now: datetime = LATER + timedelta(hours=1)) -> rollback.RollbackPlan:
    return rollback.rollback(now=now, by="operator:test")


def everything() -> dict[str, dict[str, object]]:
    """People as they are, by the HR key they began with."""
    persons = list(Person.objects.order_by("pk"))
    found = import_memory.load_states([person.pk for person in persons])
    return {str(person.pk): found[person.pk].facts for person in persons}


def use(number: int) -> Account:
    """The letter is used."""
    give_password(account(number), "Trois merles, 7 fois!")
    Account.objects.filter(pk=account(number).pk).update(password_set_at=NOW)
    return account(number)


def test_a_feed_that_dropped_half_the_staff(take: Take) -> None:
    take(*(row(number) for number in range(1, 7)))
    password = use(4).password
    before = everything()
    take(*(row(number) for number in range(1, 4)), now=LATER)
    assert account(4).state == State.CLOSED
    undo()
    assert everything() == before
    back = account(4)
    assert (back.state, back.closes_on, back.password) == (State.OPEN, None, password)
    assert passwords.verify_password(back, "Trois merles, 7 fois!")
    due.run(NOW + timedelta(days=400))
    assert account(4).state == State.OPEN


def test_an_end_that_was_known_before_is_known_again(take: Take) -> None:
    take(row(1), row(2, duty_end="2026-12-31"))
    take(row(1), now=LATER)
    undo()
    assert (account(2).state, account(2).closes_on) == (State.OPEN, date(2027, 1, 1))


def test_joiners_who_should_not_be_there(take: Take) -> None:
    take(row(1))
    take(row(1), row(2, first_name="Ève", last_name="Erreur"), row(3, duty_start="2027-02-01"), now=LATER)
    assert Letter.objects.filter(account=account(2)).count() == 1
    undo()
    gone = account(2)
    assert (gone.state, gone.delivers, gone.password, gone.person.present) == (State.STOPPED, False, None, False)
    assert Letter.objects.get(account=gone).state == Letter.State.REVOKED
    assert LocalPart.objects.filter(local_part="eve.erreur", account=gone).exists()
    assert not Person.objects.filter(hr_key="RH3").exists()
    take(row(1), row(2, first_name="Ève", last_name="Erreur"), now=LATER + timedelta(days=1))
    again = account(2)
    assert (again.key, again.local_part, again.state) == (gone.key, "eve.erreur", State.OPEN)
    assert Letter.objects.filter(account=again, state=Letter.State.PREPARED).count() == 1


@pytest.mark.parametrize("of", ["joiners", "leavers"])
def test_many_cost_no_more_questions_than_a_few(
    take: Take, of: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Undone and imported again, by the thousand: nobody else writes to SQLite meanwhile, not even to sign in."""

    def cost(others: int) -> list[tuple[int, int]]:
        feeds = [row(1)], [row(number) for number in range(1, 2 + others)]
        before, after = feeds if of == "joiners" else feeds[::-1]
        counts = []
        with transaction.atomic():
            take(*before)
            for act in (lambda: take(*after, now=LATER), undo, lambda: take(*after, now=LATER)):
                with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks() as told:
                    act()
                counts.append((len(queries), len(told)))
            transaction.set_rollback(True)
        return counts

    assert cost(9) == cost(2)


def test_movers_and_names(take: Take) -> None:
    take(row(1), row(2))
    before = everything()
    take(row(1, **REMPARTS), row(2, usual_name="Faute"), now=LATER)
    assert account(2).local_part == "anne.faute"
    undo()
    assert everything() == before
    assert account(2).local_part == "anne.martinc"
    assert LocalPart.objects.get(local_part="anne.faute").account == account(2)


def test_what_waited_waits_again(take: Take) -> None:
    take(row(1), row(2))
    take(row(1, usual_name="Dupont", effective_on="2027-01-04"), row(2), now=LATER)
    before = everything()
    take(row(1), row(2), now=LATER + timedelta(hours=1))
    assert not Pending.objects.exists()
    undo(LATER + timedelta(hours=2))
    assert everything() == before
    assert Pending.objects.get().on == date(2027, 1, 4)


def test_somebody_who_came_back_by_mistake_is_closed_again(take: Take) -> None:
    take(row(1), row(2))
    use(2)
    take(row(1), now=NOW + timedelta(days=1))
    closed_on = account(2).closes_on
    take(row(1), row(2), now=NOW + timedelta(days=100))
    assert account(2).state == State.OPEN
    undo(NOW + timedelta(days=101))
    due.run(NOW + timedelta(days=101))
    assert account(2).closes_on == closed_on
    assert account(2).state in {State.CLOSED, State.STOPPED}
    assert not Letter.objects.filter(account=account(2)).exclude(state=Letter.State.REVOKED).exists()


def test_a_day_begins_at_midnight_in_france(take: Take) -> None:
    """Undone at half past midnight: in London it is still the day before, and one more day would be lost or given."""
    take(row(1), row(2))
    use(2)
    take(row(1), now=NOW + timedelta(days=1))
    take(row(1), row(2), now=NOW + timedelta(days=100))
    Person.objects.filter(hr_key="RH2").update(duty_end=None)
    half_past = datetime(2027, 3, 10, 23, 30, tzinfo=UTC)
    rollback._end_again([account(2)], half_past, "operator:test")
    assert account(2).closes_on == date(2027, 3, 11)


def test_a_numen_that_came_by_it_is_forgotten(take: Take) -> None:
    take(row(1, numen=""))
    take(row(1), now=LATER)
    assert account(1).person.numen_lookup
    undo()
    assert account(1).person.numen_lookup is None
    assert "20E2" not in str(list(Former.objects.values()))


def test_no_numen_is_kept_for_it(take: Take) -> None:
    take(row(1), row(2))
    take(row(1, **REMPARTS), row(2, usual_name="Autre"), now=LATER)
    assert testing.numen(1) not in str(list(Former.objects.values("facts")))


def test_refused_when_a_joiner_has_signed_in(take: Take) -> None:
    take(row(1))
    take(row(1), row(2), now=LATER)
    SignIn.objects.create(
        at=LATER + timedelta(minutes=5), account=account(2), channel="web", result="good", network="192.0.2.0/24"
    )
    before = everything()
    with pytest.raises(rollback.ObstacleError) as refused:
        undo()
    (obstacle,) = refused.value.plan.obstacles
    assert (str(obstacle.person), obstacle.line, obstacle.reason) == ("Anne Martinc", 4, rollback.Reason.SIGNED_IN)
    assert everything() == before


def test_refused_when_something_else_changed_meanwhile(take: Take) -> None:
    take(row(1), row(2))
    take(row(1, **REMPARTS), row(2), now=LATER)
    Person.objects.filter(hr_key="RH1").update(usual_name="Delannoy")
    with pytest.raises(rollback.ObstacleError) as refused:
        undo()
    assert [obstacle.reason for obstacle in refused.value.plan.obstacles] == [rollback.Reason.CHANGED]


NEXT_DAY = date(2026, 11, 26)
AFTER_IT = NOW + timedelta(days=3)


@pytest.mark.parametrize(
    "change", [{"usual_name": "Faute"}, REMPARTS | {"department": "02"}, {"duty_end": "2026-11-25"}],
    ids=["a name", "a post", "an end"],
)  # fmt: skip
def test_what_the_import_announced_has_happened_and_is_no_obstacle(take: Take, change: Row) -> None:
    """Found on the second of September: the mistake of August has come into effect in the night."""
    take(row(1), row(2))
    password = use(2).password
    before = everything()
    take(row(1), row(2, effective_on=NEXT_DAY.isoformat(), **change), now=LATER)
    due.run(AFTER_IT)
    assert not Pending.objects.exists()
    assert everything() != before
    undo(AFTER_IT)
    assert everything() == before
    back = account(2)
    assert (back.state, back.closes_on, back.password) == (State.OPEN, None, password)


def test_what_was_announced_before_it_happens_though_its_day_is_over(take: Take) -> None:
    take(row(1), row(2))
    take(row(1), row(2, usual_name="Dupont", effective_on=NEXT_DAY.isoformat()), now=LATER)
    take(row(1), row(2, usual_name="Faute", effective_on=NEXT_DAY.isoformat()), now=LATER + timedelta(hours=1))
    due.run(AFTER_IT)
    assert account(2).person.usual_name == "Faute"
    undo(AFTER_IT)
    due.run(AFTER_IT)
    assert (account(2).person.usual_name, account(2).local_part) == ("Dupont", "anne.dupont")


def test_a_change_by_hand_after_that_day_is_one(take: Take) -> None:
    take(row(1))
    take(row(1, usual_name="Faute", effective_on=NEXT_DAY.isoformat()), now=LATER)
    due.run(AFTER_IT)
    Person.objects.update(usual_name="Delannoy")
    with pytest.raises(rollback.ObstacleError):
        undo(AFTER_IT)


def test_a_change_by_hand_before_that_day_is_one(take: Take) -> None:
    take(row(1))
    take(row(1, usual_name="Faute", effective_on=NEXT_DAY.isoformat()), now=LATER)
    Person.objects.update(step=9)
    due.run(AFTER_IT)
    with pytest.raises(rollback.ObstacleError):
        undo(AFTER_IT)


def sign_in(number: int) -> None:
    SignIn.objects.create(
        at=LATER + timedelta(minutes=5), account=account(number), channel="web", result="good", network="192.0.2.0/24"
    )


def test_everything_but_those_who_would_lose_by_it(take: Take) -> None:
    take(row(1), row(2), row(3))
    for number in (1, 2, 3):
        use(number)
    take(row(1, **REMPARTS), row(2, usual_name="Faute"), row(4), row(5), now=LATER)
    sign_in(4)
    Person.objects.filter(hr_key="RH1").update(step=9)
    spared = [account(4), account(1)]
    plan = rollback.rollback(now=LATER + timedelta(hours=1), by="operator:test", except_used=True)
    assert [(str(o.person), o.line, o.reason) for o in plan.spared] == [
        ("Anne Martinb", 3, rollback.Reason.CHANGED), ("Anne Martine", 5, rollback.Reason.SIGNED_IN),
    ]  # fmt: skip
    assert (account(4).state, account(4).password, account(4).person.present) == (State.OPEN, spared[0].password, True)
    assert account(1).person.postings.get().school_id == REMPARTS["posting1_uai"]
    assert account(2).person.usual_name is None
    assert account(3).state == State.OPEN
    assert account(5).state == State.STOPPED
    assert Entry.objects.get(act="import.undone").details["spared"] == 2
    with pytest.raises(NothingToUndoError):
        undo()


def test_a_new_department_is_told_to_the_mail_servers_and_told_again(take: Take) -> None:
    """What IMAP and SMTP refuse names the office to call."""
    take(row(1), row(2))
    versions = [account(1).mail_version, account(2).mail_version]
    take(row(1, department="02", **REMPARTS), row(2, step="8"), now=LATER)
    assert [account(1).mail_version, account(2).mail_version] == [versions[0] + 1, versions[1]]
    undo()
    assert account(1).mail_version == versions[0] + 2


def test_refused_when_a_leaver_is_purged(take: Take) -> None:
    take(row(1), row(2))
    take(row(1), now=LATER)
    Account.objects.filter(person__hr_key="RH2").update(state=State.PURGED)
    with pytest.raises(rollback.ObstacleError):
        undo()


def test_once_and_only_the_last(take: Take) -> None:
    with pytest.raises(NothingToUndoError):
        undo()
    take(row(1), row(2))
    take(row(1), now=LATER)
    undo()
    with pytest.raises(NothingToUndoError):
        undo()
    assert Snapshot.objects.filter(undone_at=None).count() == 1
    assert Entry.objects.filter(act="import.undone").count() == 1


def test_the_same_file_can_be_taken_again(take: Take) -> None:
    take(row(1), row(2))
    take(row(1), now=LATER)
    undo()
    take(row(1), now=LATER + timedelta(hours=2))
    assert account(2).state == State.CLOSED
    assert Snapshot.objects.count() == 3


def test_an_older_file_may_follow_an_undone_one(take: Take) -> None:
    take(row(1), now=NOW)
    take(row(1), row(2), now=NOW + timedelta(days=10))
    undo(NOW + timedelta(days=10, hours=1))
    take(row(1, **REMPARTS), now=NOW + timedelta(days=5))
    assert Snapshot.objects.filter(undone_at=None).count() == 2


def test_the_command_shows_then_undoes(take: Take) -> None:
    take(row(1), row(2))
    take(row(1), row(3), now=LATER)

    def say(*words: str) -> str:
        out = StringIO()
        call_command("people", "undo", *words, stdout=out)
        return out.getvalue()

    said = say("--dry-run")
    assert "Anne Martinc" in said
    assert "Anne Martind" in said
    assert account(2).state == State.CLOSED
    assert say()
    assert account(2).state == State.OPEN
    say()


def test_the_command_says_what_is_in_the_way(take: Take) -> None:
    take(row(1))
    take(row(1), row(2), now=LATER)
    SignIn.objects.create(
        at=LATER + timedelta(minutes=5), account=account(2), channel="web", result="good", network="192.0.2.0/24"
    )
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("people", "undo", stdout=out)
    assert ended.value.code == 7
    assert "Anne Martinc" in out.getvalue()
    assert "--except-used" in out.getvalue()


def test_the_command_leaves_them_out_in_french(take: Take) -> None:
    take(row(1))
    take(row(1), row(2), row(3), now=LATER)
    sign_in(2)
    for dry in (["--dry-run"], []):
        out = StringIO()
        with translation.override("fr"):
            call_command("people", "undo", "--except-used", *dry, stdout=out)
        said = out.getvalue()
        assert "1  arrivée " in said
        assert said.index("1  arrivée") < said.index("Anne Martind")
        assert "Laissées de côté" in said
        assert "4  Anne Martinc  personne arrivée par cet import, connectée depuis" in said
        assert account(2).state == State.OPEN
        assert account(3).state == (State.OPEN if dry else State.STOPPED)
