"""Messages that leave at an hour chosen: what is offered, what is planned, and what is refused at its hour."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.courier.models import Parcel
from vaguemestre.exports import archive_run, export_jobs
from vaguemestre.testing import data_folder, wrong_fields
from vaguemestre.webmail import purge
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.outbox import delivery, queue, schedule
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.sending import received, said_next, subjects

State = Outgoing.State
WAITING = "/webmail/en-attente/"


def paris(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=timezone.get_default_timezone())  # type: ignore[arg-type, misc]


def offered(now: datetime) -> list[tuple[str, str]]:
    return [(choice.label, choice.words) for choice in schedule.send_time_choices(now)]


def in_a_day() -> datetime:
    return (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)


def plan(desk: MailBrowser, neighbour: MailBrowser, **more: object) -> str:
    key = new_key()
    fields = {"a": neighbour.mail.address, "objet": "Programmé", "depart": in_a_day().isoformat(), **more}
    assert desk.write(key, "programmation/", **fields).status_code == 302
    return key


@pytest.mark.parametrize(
    ("now", "choices"),
    [
        # Thursday, Friday, Saturday, the Wednesday before the Assumption (a Saturday), Easter Sunday, before dawn
        ((2026, 11, 26, 14), ["Ce soir", "Demain matin", "Lundi matin"]),
        ((2026, 11, 27, 18), ["Lundi matin", "Mardi matin"]),
        ((2026, 11, 28, 10), ["Lundi matin", "Mardi matin"]),
        ((2026, 11, 11, 10), ["Demain matin", "Lundi matin"]),
        ((2027, 3, 28, 10), ["Mardi matin", "Mercredi matin"]),
        ((2026, 11, 26, 6), ["Ce matin", "Lundi matin"]),
    ],
)
def test_the_moments_are_those_of_working_days(now: tuple[int, ...], choices: list[str]) -> None:
    assert [label for label, _words in offered(paris(*now))] == choices


def test_eight_o_clock_is_eight_o_clock_when_the_clocks_change() -> None:
    """Summer time begins on Sunday 28 March 2027, and ends on 31 October."""
    winter = schedule.send_time_choices(paris(2027, 3, 25, 14))[1].value
    summer = schedule.send_time_choices(paris(2027, 3, 31, 14))[1].value
    assert datetime.fromisoformat(winter).astimezone(UTC).hour == 7
    assert datetime.fromisoformat(summer).astimezone(UTC).hour == 6
    left_out = schedule.parse_send_time("2027-03-28T02:30", paris(2027, 3, 25, 14))
    assert left_out == paris(2027, 3, 28, 3, 30)
    twice = schedule.parse_send_time("2027-10-31T02:30", paris(2027, 10, 25, 14))
    assert twice == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("value", ["", "demain", "2026-11-26T13:00", "2027-11-27T15:00", "9999-12-31T00:00"])
def test_an_hour_that_cannot_be(value: str) -> None:
    assert schedule.parse_send_time(value, paris(2026, 11, 26, 14)) is None


@pytest.mark.parametrize(
    ("now", "advised"),
    [
        ((2026, 11, 26, 14), None),
        ((2026, 11, 28, 14), None),  # a Saturday afternoon
        ((2026, 11, 26, 21), "demain, 8 h 00"),
        ((2026, 11, 27, 2), "aujourd’hui, 8 h 00"),
        ((2026, 11, 29, 11), "demain, 8 h 00"),
        ((2026, 11, 11, 11), "demain, 8 h 00"),
        ((2026, 11, 27, 22), "lun. 30 nov., 8 h 00"),
    ],
)
def test_at_night_and_on_sundays_the_morning_is_proposed(now: tuple[int, ...], advised: str | None) -> None:
    advice = schedule.send_time_option(paris(*now)).advice
    assert (" ".join(advice.words.split()) if advice else None) == advised


def test_it_leaves_at_its_hour_with_the_date_of_that_hour(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", a=neighbour.mail.address)
    assert len(desk.uids("drafts")) == 1
    leaves_at = in_a_day()
    desk.write(key, "programmation/", a=neighbour.mail.address, depart=leaves_at.isoformat(), revision="1")
    assert "Votre message partira demain" in said_next(desk)
    assert desk.uids("drafts") == []  # no other program sends it a second time
    due.run(leaves_at - timedelta(seconds=1))
    assert desk.uids("sent") == []
    due.run(leaves_at)
    [message] = received(neighbour)
    assert message["Date"] == f"{leaves_at:%a, %d %b %Y %H:%M:%S} +0000"
    assert len(desk.uids("sent")) == 1
    assert "Rien n’attend" in body(desk.get(WAITING))


def test_without_an_hour_the_sheet_asks_for_one(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    sheet = body(desk.write(key, "programmation/", a=neighbour.mail.address, texte="Précieux"))
    assert "Quand part-il" in sheet
    assert "Précieux" in sheet
    sheet = body(desk.write(key, "programmation/", a=neighbour.mail.address, jour="2020-01-01", heure="08:00"))
    told = wrong_fields(sheet)
    assert {*told} == {"jour", "heure"}
    assert all("Cette heure est passée" in words for words in told.values())
    assert Outgoing.objects.get(key=key).state == State.DRAFT
    day = timezone.localtime(in_a_day())
    desk.write(key, "programmation/", a=neighbour.mail.address, jour=f"{day:%Y-%m-%d}", heure="09:30")
    planned = Outgoing.objects.get(key=key)
    assert planned.leaves_at == day.replace(hour=9, minute=30)


def test_pressed_twice_it_is_planned_once(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = plan(desk, neighbour)
    desk.write(key, "programmation/", a=neighbour.mail.address, depart=in_a_day().isoformat())
    desk.write(key, a=neighbour.mail.address)
    assert "Votre message partira demain" in said_next(desk)
    due.run(in_a_day() + timedelta(minutes=1))
    due.run(in_a_day() + timedelta(minutes=20))
    assert subjects(received(neighbour)) == ["Programmé"]
    assert len(desk.uids("sent")) == 1


def test_a_file_is_not_taken_from_what_waits_for_its_hour(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """By the cross, in a window that does not know yet: at its hour the message is built again."""
    key = plan(desk, neighbour, fichier=SimpleUploadedFile("plan.pdf", b"%PDF-1.7"))
    [file] = Outgoing.objects.get(key=key).files.all()
    assert "déjà parti" in body(desk.write(key, f"pieces/{file.pk}/retrait/", fenetre="w2"))
    assert Outgoing.objects.get(key=key).files.get().path.exists()


def test_an_hour_that_will_not_do_attaches_nothing_twice(
    desk: MailBrowser, neighbour: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaguemestre.webmail.compose.attached_files.size_limit", lambda: 100_000)
    key = new_key()
    files = [SimpleUploadedFile("petit.bin", b"x" * 1000), SimpleUploadedFile("gros.bin", b"x" * 90_000)]
    answer = desk.write(key, "programmation/", a=neighbour.mail.address, jour="", heure="", fichier=files)
    assert answer.status_code == 422
    assert [file.name for file in Outgoing.objects.get(key=key).files.all()] == ["petit.bin"]
    assert Outgoing.objects.get(key=key).is_draft


def test_the_list_of_what_is_planned(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = plan(desk, neighbour, objet="Bilan")
    page = body(desk.get(WAITING))
    assert "Bilan" in page
    assert "Part demain" in page
    assert 'href="/webmail/en-attente/#programmes"' in body(desk.get(desk.url()))
    assert queue.count_queue(desk.mail.account) == (0, 1)
    assert key not in body(neighbour.get(WAITING))
    for act in ("heure", "envoi", "annulation", "reprise"):
        assert neighbour.post(f"{WAITING}{key}/{act}/").status_code == 404
        assert desk.get(f"{WAITING}{key}/{act}/").status_code == 405


def test_another_hour(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, leaves_at = plan(desk, neighbour), in_a_day() + timedelta(days=2)
    refused = desk.post(f"{WAITING}{key}/heure/", {"jour": "2020-01-01", "heure": "08:00"})
    assert refused.status_code == 422
    told = wrong_fields(body(refused))
    assert {*told} == {"jour", "heure"}
    assert all("Cette heure est passée" in words for words in told.values())
    desk.post(f"{WAITING}{key}/heure/", {"depart": leaves_at.isoformat()})
    due.run(in_a_day() + timedelta(hours=1))
    assert desk.uids("sent") == []
    due.run(leaves_at)
    assert len(received(neighbour)) == 1


def test_sent_now(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = plan(desk, neighbour)
    desk.post(f"{WAITING}{key}/envoi/")
    assert "Le message est parti" in said_next(desk)
    assert len(received(neighbour)) == 1
    desk.post(f"{WAITING}{key}/envoi/")
    assert len(desk.uids("sent")) == 1


def test_changed_it_is_a_draft_again(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = plan(desk, neighbour, texte="Une première fois.")
    assert desk.post(f"{WAITING}{key}/reprise/")["Location"] == f"/webmail/ecrire/{key}/"
    assert "Une première fois." in body(desk.get(f"/webmail/ecrire/{key}/"))
    due.run(timezone.now() + timedelta(minutes=2))
    assert len(desk.uids("drafts")) == 1  # also when the sheet is left as it is
    due.run(in_a_day() + timedelta(hours=1))
    assert desk.uids("sent") == []


def test_cancelled_it_is_among_the_drafts(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = plan(desk, neighbour)
    desk.post(f"{WAITING}{key}/annulation/")
    assert "il est dans les brouillons" in said_next(desk)
    assert len(desk.uids("drafts")) == 1
    due.run(in_a_day() + timedelta(hours=1))
    assert desk.uids("sent") == []


def frozen(account: Account) -> None:
    account.frozen_at = timezone.now()
    account.save()


def blocked(account: Account) -> None:
    account.mail_blocked_until = timezone.now() + timedelta(days=9)
    account.save()


def gone(account: Account) -> None:
    account.closes_on = timezone.localdate()
    account.save()


def renamed(account: Account) -> None:
    Outgoing.objects.filter(account=account).update(sender="autre.personne@ac-amiens.fr")


@pytest.mark.parametrize(
    ("change", "said"),
    [(frozen, "ne pouvait pas envoyer"), (blocked, "ne pouvait pas"), (gone, "ne pouvait pas"), (renamed, "plus la v")],
)
def test_what_may_no_longer_leave_is_back_and_its_author_is_told(
    desk: MailBrowser, neighbour: MailBrowser, change: Callable[[Account], None], said: str
) -> None:
    key = plan(desk, neighbour, objet="Bilan « secret »", texte="Rien de plus.")
    change(desk.mail.account)
    due.run(in_a_day())
    outgoing = Outgoing.objects.get(key=key)
    assert (outgoing.state, outgoing.leaves_at, outgoing.planned) == (State.DRAFT, None, False)
    [parcel] = Parcel.objects.filter(to=desk.mail.address)
    assert "n’est pas parti" in parcel.subject
    assert "Bilan ‹" in parcel.text
    assert neighbour.mail.address not in parcel.text
    Account.objects.filter(pk=desk.mail.key).update(frozen_at=None, mail_blocked_until=None, closes_on=None)
    assert said in body(desk.get(WAITING))
    due.run(in_a_day() + timedelta(days=3))
    assert len(neighbour.uids()) == 0


def test_refused_by_the_server_at_its_hour_its_author_is_told(desk: MailBrowser, neighbour: MailBrowser) -> None:
    plan(desk, neighbour, a=f"{neighbour.mail.address}, personne.inconnue@ac-amiens.fr")
    due.run(in_a_day())
    assert "n’existe pas dans l’académie" in body(desk.get(WAITING))
    assert Parcel.objects.filter(to=desk.mail.address).count() == 1
    assert neighbour.uids() == []


def test_postfix_away_at_that_hour_it_leaves_when_it_is_back(
    desk: MailBrowser, neighbour: MailBrowser, no_postfix: Callable[[], None], back_again: Callable[[], None]
) -> None:
    plan(desk, neighbour)
    no_postfix()
    due.run(in_a_day())
    assert "Programmés" not in body(desk.get(WAITING))
    assert queue.count_queue(desk.mail.account) == (1, 0)
    back_again()
    due.run(in_a_day() + timedelta(hours=1))
    assert len(received(neighbour)) == 1


def test_the_shutdown_and_the_purge(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, other = plan(desk, neighbour), plan(desk, neighbour)
    delivery.hold_back(desk.mail.account, timezone.now())
    assert Outgoing.objects.filter(state=State.DRAFT, planned=False).count() == 2
    assert not delivery.reschedule(Outgoing.objects.get(key=key), in_a_day())
    again = plan(desk, neighbour)
    purge.purge(desk.mail.key, timezone.now())
    assert not Outgoing.objects.filter(key__in=[key, other, again]).exists()
    due.run(in_a_day() + timedelta(days=1))
    assert neighbour.uids() == []


def test_a_week_of_waiting_forgets_nothing(desk: MailBrowser, neighbour: MailBrowser) -> None:
    leaves_at = in_a_day() + timedelta(days=60)
    plan(desk, neighbour, depart=leaves_at.isoformat())
    due.run(timezone.now() + drafts.KEPT_FOR * 2)
    due.run(leaves_at)
    assert len(received(neighbour)) == 1


def test_what_the_page_costs(
    desk: MailBrowser, neighbour: MailBrowser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.get(WAITING)
    for _ in range(3):
        plan(desk, neighbour)
    with django_assert_num_queries(5):
        desk.get(WAITING)


def test_what_is_planned_is_in_the_copy_of_the_mailbox(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, now = plan(desk, neighbour, objet="Dans la copie"), timezone.now()
    plan(neighbour, desk, objet="D’un autre")
    export = export_jobs.order_export(desk.mail.account, by=desk.mail.key, now=now)
    while archive_run.go_on(now=now, seconds=60):
        pass
    with ZipFile(data_folder() / "exports" / export.key / "archive.zip") as packed:
        kept, read_me = packed.read("en-attente.mbox"), packed.read("LISEZ-MOI.txt").decode()
    assert kept.count(b"\nMessage-ID: ") == 1
    assert f"<{key}@".encode() in kept
    assert b"Subject: Dans la copie" in kept
    assert "1 message qui n’était pas encore parti" in read_me
    assert Outgoing.objects.get(key=key).state == State.QUEUED
