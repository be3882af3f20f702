"""From a line in the HR file to an account and a letter, on the right day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.arrivals import feed_effects
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.letters import printing, sealed_passwords
from vaguemestre.letters.models import Batch, Letter
from vaguemestre.people import testing
from vaguemestre.people.feed_writer import FeedOvertakenError
from vaguemestre.people.models import Person
from vaguemestre.people.snapshot import compare
from vaguemestre.people.testing import REMPARTS, row

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
State = Account.State
type Row = dict[str, str]
type Take = Callable[..., None]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """A feed of these rows is imported at `now`, and dated that day."""

    def take_feed(*rows: Row, now: datetime = NOW) -> None:
        feed = testing.feed(tmp_path, rows, dated=today(now))
        feed_effects.take_effect(compare(feed, today(now)), now=now, by="operator:test")

    return take_feed


def account(number: int) -> Account:
    return Account.objects.select_related("person").get(person__hr_key=f"RH{number}")


def midnight_run(day: date) -> None:
    """The clock, a second after midnight in France."""
    due.run(datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(minutes=59, seconds=59))


def test_a_joiner_has_account_address_and_letter(take: Take) -> None:
    take(row(1, first_name="François-Marie", last_name="Dupont"))
    joiner = account(1)
    assert (joiner.identifier, joiner.local_part) == ("fdupont", "francoismarie.dupont")
    assert joiner.state == State.OPEN
    letter = Letter.objects.get()
    assert (letter.account, letter.state) == (joiner, Letter.State.PREPARED)


def test_no_password_is_hashed_by_an_import(take: Take) -> None:
    take(*(row(number) for number in range(1, 20)))
    assert not Account.objects.exclude(password=None).exists()


def test_homonyms_get_numbers_in_the_order_of_the_feed(take: Take) -> None:
    take(*(row(number, first_name="Jean", last_name="Martin") for number in (1, 2, 3)))
    assert [account(n).local_part for n in (1, 2, 3)] == ["jean.martin", "jean.martin2", "jean.martin3"]
    assert [account(n).identifier for n in (1, 2, 3)] == ["jmartin", "jmartin2", "jmartin3"]


def test_within_the_lead_time_everything_is_ready_and_sign_in_waits(take: Take) -> None:
    take(row(1, duty_start="2026-12-24"))
    assert (account(1).state, account(1).opens_on) == (State.PENDING, date(2026, 12, 24))
    assert Letter.objects.count() == 1
    midnight_run(date(2026, 12, 24))
    assert account(1).state == State.OPEN


def test_before_the_lead_time_there_is_a_person_and_no_account(take: Take) -> None:
    take(row(1, duty_start="2027-01-04"))
    assert Person.objects.count() == 1
    assert not Account.objects.exists()
    midnight_run(date(2026, 12, 4))
    assert not Account.objects.exists()
    midnight_run(date(2026, 12, 5))
    assert (account(1).state, Letter.objects.count()) == (State.PENDING, 1)


def test_a_day_that_was_missed_is_made_good(take: Take) -> None:
    take(row(1, duty_start="2027-01-04"), row(2, duty_start="2027-02-01"))
    midnight_run(date(2027, 3, 1))
    assert Account.objects.count() == Letter.objects.count() == 2
    midnight_run(date(2027, 3, 2))
    assert Letter.objects.count() == 2


def test_a_day_of_duty_that_moves(take: Take) -> None:
    take(row(1, duty_start="2026-12-14"), row(2, duty_start="2027-03-01"))
    take(row(1, duty_start="2026-12-20"), row(2, duty_start="2026-12-01"))
    assert account(1).opens_on == date(2026, 12, 20)
    assert account(2).opens_on == date(2026, 12, 1)
    assert Letter.objects.count() == 2


def test_a_mover_keeps_address_and_letter(take: Take) -> None:
    take(row(1))
    before = account(1)
    take(row(1, **REMPARTS))
    after = account(1)
    assert (after.key, after.local_part, after.identifier) == (before.key, before.local_part, before.identifier)
    assert Letter.objects.count() == 1
    main = after.person.main_posting
    assert main is not None
    assert main.school.name == "Collège des Remparts"


def test_a_new_name_is_a_new_address_beside_the_old_one(take: Take) -> None:
    take(row(1))
    take(row(1, usual_name="Petit-Delannoy"))
    renamed = account(1)
    assert renamed.local_part == "anne.petitdelannoy"
    assert LocalPart.objects.get(local_part="anne.martinb").account == renamed
    assert renamed.identifier == "amartinb"


def test_a_leaver_is_shut_out(take: Take) -> None:
    take(row(1), row(2))
    take(row(1), now=NOW + timedelta(days=1))
    assert account(2).state == State.CLOSED
    assert account(2).refusal(today(NOW) + timedelta(days=1)) == "closed"
    assert account(1).state == State.OPEN


def test_a_last_day_told_beforehand_is_still_worked(take: Take) -> None:
    take(row(1), row(2, duty_end="2026-12-31"))
    assert (account(2).state, account(2).closes_on) == (State.OPEN, date(2027, 1, 1))
    midnight_run(date(2026, 12, 31))
    assert account(2).state == State.OPEN
    midnight_run(date(2027, 1, 1))
    assert account(2).state == State.CLOSED


def test_a_last_day_that_moves_or_is_dropped(take: Take) -> None:
    take(row(1, duty_end="2026-12-31"), row(2, duty_end="2026-12-31"))
    take(row(1, duty_end="2027-01-31"), row(2))
    assert (account(1).closes_on, account(2).closes_on) == (date(2027, 2, 1), None)
    midnight_run(date(2027, 1, 2))
    assert (account(1).state, account(2).state) == (State.OPEN, State.OPEN)


@pytest.mark.parametrize("renewed", ["2027-01-31", ""])
def test_a_contract_renewed_after_its_end(take: Take, renewed: str) -> None:
    take(row(1, duty_end="2026-11-30"), row(2))
    midnight_run(date(2026, 12, 1))
    assert account(1).state == State.CLOSED
    Letter.objects.update(state=Letter.State.PRINTED)
    take(row(1, duty_end=renewed), row(2), now=NOW + timedelta(days=10))
    assert account(1).state == State.OPEN
    assert account(1).closes_on == (date(2027, 2, 1) if renewed else None)
    assert Letter.objects.filter(account=account(1), state=Letter.State.PREPARED).count() == 1


def test_somebody_who_comes_back_has_the_same_account_and_a_new_letter(take: Take) -> None:
    take(row(1), row(2))
    before = account(2)
    take(row(1), now=NOW + timedelta(days=1))
    Letter.objects.update(state=Letter.State.PRINTED)
    take(row(1), row(2), now=NOW + timedelta(days=60))
    after = account(2)
    assert (after.key, after.local_part, after.state) == (before.key, before.local_part, State.OPEN)
    assert Letter.objects.filter(account=after).count() == 2


def test_a_change_that_waited_happens_on_its_day(take: Take) -> None:
    take(row(1))
    take(row(1, usual_name="Dupont", effective_on="2027-01-04"))
    assert account(1).local_part == "anne.martinb"
    midnight_run(date(2027, 1, 3))
    assert account(1).local_part == "anne.martinb"
    midnight_run(date(2027, 1, 4))
    assert account(1).local_part == "anne.dupont"


def test_all_or_nothing(take: Take, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The last step fails: neither people nor accounts nor days are left behind."""

    def fail(*_args: object, **_named: object) -> None:
        raise OSError("no space left on device")

    feed = testing.feed(tmp_path, [row(1), row(2, duty_start="2027-01-04")], dated=today(NOW))
    monkeypatch.setattr("vaguemestre.letters.letter_issue.prepare_letters", fail)
    with pytest.raises(OSError, match="no space"):
        feed_effects.take_effect(compare(feed, today(NOW)), now=NOW, by="operator:test")
    assert not Person.objects.exists()
    assert not Account.objects.exists()
    assert not Due.objects.exists()


def test_an_overtaken_import_writes_nothing(take: Take, tmp_path: Path) -> None:
    feed = testing.feed(tmp_path, [row(1), row(2)], dated=today(NOW))
    changes = compare(feed, today(NOW))
    take(row(1))
    with pytest.raises(FeedOvertakenError):
        feed_effects.take_effect(changes, now=NOW, by="operator:test")
    assert Person.objects.count() == Account.objects.count() == 1


def test_a_letter_not_yet_printed_follows_its_person_to_another_office(take: Take) -> None:
    """Also one whose printing had begun; one on paper stays what it was."""
    take(row(1), row(2), row(3))
    sealed_passwords.seal_pending(now=NOW)
    (begun,) = printing.assemble_batch(now=NOW, department="80", account=account(2)).batches
    Letter.objects.filter(account=account(3)).update(state=Letter.State.PRINTED, sealed=None, printed_at=NOW)
    moved = REMPARTS | {"department": "02"}
    take(*(row(number, **moved) for number in (1, 2, 3)), now=NOW + timedelta(days=1))
    assert [Letter.objects.get(account=account(number)).department for number in (1, 2, 3)] == ["02", "02", "80"]
    assert not Batch.objects.filter(pk=begun.pk).exists()  # nothing of it is left to print
    (batch,) = printing.assemble_batch(now=NOW, department="02").batches
    assert (batch.department, batch.letters.count()) == ("02", 2)
