"""A mailing within the sending limits: spread, stopped, gone on with, and whatever dies or is away meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.webmail.models import MailMerge, MergedMessage, Outgoing, Preferences
from vaguemestre.webmail.outbox import delivery
from vaguemestre.webmail.outbox.mail_merge import dispatch, rate
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.mailing import act, begin, crowd, page, states
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.sending import received

State, Letter = MailMerge.State, MergedMessage.State


def limit(monkeypatch: pytest.MonkeyPatch, **more: int) -> None:
    tight = academy().model_copy(update={"mailing": academy().mailing.model_copy(update=more)})
    monkeypatch.setattr(rate, "academy", lambda: tight)


def test_it_is_spread_over_time(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    limit(monkeypatch, at_once=3, per_hour=60)
    key = begin(desk, *crowd(6))
    assert "dans 3 minutes environ" in page(desk, key)
    act(desk, key, "envoi")
    start = timezone.now()
    assert states(key).count(Letter.SENT) == 3
    dispatch.go_on(key, start)
    assert states(key).count(Letter.SENT) == 3
    assert Due.objects.get(job=dispatch.GO_ON.name).at > start + timedelta(seconds=50)
    for minute in range(1, 4):
        dispatch.go_on(key, start + timedelta(minutes=minute, seconds=2 * minute))
        assert states(key).count(Letter.SENT) == 3 + minute
    assert MailMerge.objects.get().state == State.DONE
    assert not Due.objects.filter(job=dispatch.GO_ON.name, at__lt=now + timedelta(days=1)).exclude(attempts=0).exists()


def test_two_mailings_share_the_pace(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, at_once=2, per_hour=60)
    first, second = begin(desk, *crowd(2)), begin(desk, *crowd(2))
    act(desk, first, "envoi")
    act(desk, second, "envoi")
    assert states(first) == [Letter.SENT, Letter.SENT]
    assert states(second) == [Letter.WAITING, Letter.WAITING]


def test_the_pace_stays_below_what_the_server_takes() -> None:
    """Rspamd counts recipients of an account: so many at once, then so many an hour."""
    mailing, mail = academy().mailing, academy().mail
    hours = 5
    assert mailing.at_once + hours * mailing.per_hour < mail.recipients_at_once + hours * mail.recipients_per_hour
    assert rate.interval() * mailing.per_hour == timedelta(hours=1)


def test_a_process_that_dies_in_the_middle(
    desk: MailBrowser, neighbour: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the letter is on its way, while it is, and after: whoever continues sends it once."""
    key = begin(desk, f"Karim;{neighbour.mail.address};6e", f"Moi;{desk.mail.address};5e")
    dies = [delivery.write_message, delivery.enqueue, delivery.deliver]
    for step in dies:
        with monkeypatch.context() as patch:
            patch.setattr(delivery, step.__name__, _died)
            with pytest.raises(SystemError):
                _press_or_go_on(desk, key)
    later = timezone.now() + timedelta(minutes=20)
    due.run(later)
    due.run(later + timedelta(minutes=1))
    assert len(received(neighbour)) == 1
    assert len(received(desk)) == 1
    assert set(states(key)) == {Letter.SENT}
    assert len(desk.uids("sent")) == 2


def _press_or_go_on(desk: MailBrowser, key: str) -> None:
    desk.post(f"/webmail/publipostage/{key}/envoi/")
    dispatch.go_on(key, timezone.now())


def _died(*_arguments: object, **_named: object) -> None:
    raise SystemError("the process is killed here")


def test_stopped_and_gone_on_with(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, at_once=1, per_hour=60)
    key = begin(desk, *crowd(3))
    act(desk, key, "envoi")
    act(desk, key, "arret")
    assert "2 lettres ne sont pas parties" in page(desk, key)
    later = timezone.now() + timedelta(hours=3)
    dispatch.go_on(key, later)
    due.run(later)
    assert states(key) == [Letter.SENT, Letter.WAITING, Letter.WAITING]
    act(desk, key, "annulation")  # too late: one has left
    assert "Trop tard" in page(desk, key)
    act(desk, key, "suite")
    for hour in (4, 5, 6):
        dispatch.go_on(key, timezone.now() + timedelta(hours=hour))
    assert states(key) == [Letter.SENT] * 3
    act(desk, key, "arret")
    act(desk, key, "suite")
    assert MailMerge.objects.get().state == State.DONE


def test_called_back_before_the_first_letter(desk: MailBrowser) -> None:
    Preferences.objects.update_or_create(
        account=desk.mail.account, defaults={"undo_seconds": 30, "changed_at": timezone.now()}
    )
    key = begin(desk, *crowd(2))
    act(desk, key, "envoi")
    assert states(key) == [Letter.WAITING, Letter.WAITING]
    assert "La première lettre part dans" in page(desk, key)
    act(desk, key, "annulation")
    assert Outgoing.objects.get(key=key).is_draft
    assert "Envoyer 2 lettres" in page(desk, key)
    due.run(timezone.now() + timedelta(minutes=1))
    assert not MergedMessage.objects.exists()
    assert len(desk.uids("drafts")) == 1


def test_at_an_hour_chosen(desk: MailBrowser) -> None:
    key = begin(desk, *crowd(2))
    tomorrow = (timezone.now() + timedelta(days=1)).replace(microsecond=0)
    wrong = desk.post(f"/webmail/publipostage/{key}/envoi/", {"depart": "2020-01-01T08:00"})
    assert wrong.status_code == 422
    act(desk, key, "envoi", depart=tomorrow.isoformat())
    assert "La première lettre part demain" in page(desk, key)
    due.run(timezone.now() + timedelta(hours=1))
    assert Letter.SENT not in states(key)
    due.run(tomorrow + timedelta(seconds=1))
    assert states(key) == [Letter.SENT, Letter.SENT]


def test_while_postfix_is_away_only_a_few_wait(
    desk: MailBrowser, no_postfix: Callable[[], None], back_again: Callable[[], None]
) -> None:
    no_postfix()
    key = begin(desk, *crowd(9))
    act(desk, key, "envoi")
    assert states(key).count(Letter.LEAVING) == dispatch.STUCK
    back_again()
    for minutes in (20, 21, 22):
        due.run(timezone.now() + timedelta(minutes=minutes))
    assert states(key) == [Letter.SENT] * 9


def test_a_stolen_account_sends_no_more(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, at_once=1, per_hour=60)
    key = begin(desk, *crowd(3))
    act(desk, key, "envoi")
    [held] = dispatch.hold_back(desk.mail.account, timezone.now())
    assert (held.recipients, held.reach) == (("p1@x.example", "p2@x.example"), 2)
    due.run(timezone.now() + timedelta(hours=2))
    assert states(key) == [Letter.SENT, Letter.WAITING, Letter.WAITING]
    assert "fermé pour vol" in page(desk, key)
    assert dispatch.hold_back(desk.mail.account, timezone.now()) == []


def test_a_frozen_account_waits(desk: MailBrowser) -> None:
    key = begin(desk, *crowd(1))
    Account.objects.filter(pk=desk.mail.key).update(frozen_at=timezone.now())
    response = desk.post(f"/webmail/publipostage/{key}/envoi/")
    assert response.status_code == 422
    assert "suspendu" in body(response)


def test_what_the_pages_cost(
    desk: MailBrowser, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for 5 lines and for 500; the letter's files are asked for by the preview, by the list, and before."""
    small, large = begin(desk, *crowd(5)), begin(desk, *crowd(500))
    assert "Envoyer 500 lettres" in page(desk, large)
    for key in (small, large):
        with django_assert_num_queries(11):
            page(desk, key)
    limit(monkeypatch, at_once=1, per_hour=60)
    act(desk, large, "envoi")
    with django_assert_num_queries(9):
        desk.get(f"/webmail/publipostage/{large}/", **HTMX)


def test_a_letter_taken_back_from_the_outbox(
    desk: MailBrowser, no_postfix: Callable[[], None], back_again: Callable[[], None]
) -> None:
    no_postfix()
    key = begin(desk, *crowd(1))
    act(desk, key, "envoi")
    letter = MergedMessage.objects.get()
    assert desk.post(f"/webmail/en-attente/{letter.key}/reprise/").status_code == 302
    back_again()
    dispatch.go_on(key, timezone.now() + timedelta(minutes=1))
    assert states(key) == [Letter.TAKEN]
    assert "1 lettre a été reprise" in page(desk, key)
    assert MailMerge.objects.get().state == State.DONE
