"""The demo's mails before anybody delivers them: whole, datable, and addressed to people who exist."""

import email
import email.policy
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.visitor import Visitor
from seeds.mails import demo_mails, sent_mails
from seeds.mails.attachments import PARIS
from seeds.mails.story import DAYS, FOLDER, MONTHS, Mail, Setting, make_setting

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
CAST = ["mlefevre", "kbelkacem", "nbenhamou", "bdelattre", "scaudron", "tquesnel", "hwattebled", "edelatourmaubourg",
        "ivanhoutte", "ldewailly", "cbocquillon", "tilleuls"]  # fmt: skip
ADDRESSES = {identifier: f"{identifier}@ac-amiens.fr" for identifier in CAST}
NOW_TOLD = make_setting(NOW, "ac-amiens.fr", ADDRESSES)
WEEKDAY = rf"\b(?:{'|'.join(DAYS)})\b"
DATE = rf"(?:{'|'.join(DAYS)}) \d+(?:er)? (?:{'|'.join(MONTHS)})"


def spoken(day: date) -> str:
    return f"{DAYS[day.weekday()]} {'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]}"


def words(told: Setting, mail: Mail) -> str:
    html = (FOLDER / "html" / mail.html).read_text(encoding="utf-8") if mail.html else ""
    return told.fill(f"{mail.text or ''} {html}", mail)


def every_day() -> Iterator[Setting]:
    """Of 400 days, each at another hour."""
    for number in range(400):
        yield make_setting(NOW + timedelta(days=number, hours=7 * number % 24), "ac-amiens.fr", ADDRESSES)


def test_nothing_answers_what_is_not_there_yet_on_any_day() -> None:
    for told in every_day():
        for mail in told.mails.values():
            assert told.moment(mail) <= told.now
            if mail.reply:
                assert told.moment(told.mails[mail.reply]) < told.moment(mail), (told.now, mail.key)


def test_a_card_has_the_date_of_its_message_on_every_day() -> None:
    for told in every_day():
        for key in ("conseil-4a-invitation", "formation"):
            mail = told.mails[key]
            card = told.invitation(mail, mail.attachments[0]).decode()
            start = datetime.strptime(re.findall(r"DTSTART:(\w+)", card)[0], "%Y%m%dT%H%M%S%z").astimezone(PARIS)
            assert spoken(start.date()) in told.fill(mail.text or "")
            assert f"de {start.hour} h" in told.fill(mail.text or "")


@pytest.mark.parametrize(
    "mentions",
    [
        ("conseil-4a", "conseil-4a-invitation"),  # what one event is told in
        ("historial-1", "historial-2", "accuse"),
        ("note-mouvement", "lettre-dsden"),
        ("eloise", "bienvenue-2"),
    ],
)
def test_one_event_has_one_date_on_every_day(mentions: tuple[str, ...]) -> None:
    for told in every_day():
        days = [set(re.findall(DATE, words(told, told.mails[key]))) for key in mentions]
        assert set.intersection(*days), told.now


def test_a_subject_and_its_text_name_the_same_days() -> None:
    for told in every_day():
        for mail in told.mails.values():
            said = set(re.findall(WEEKDAY, words(told, mail)))
            named = set(re.findall(WEEKDAY, told.fill(mail.subject or "", mail)))
            assert not named or not said or named <= said, mail.key


def test_no_day_and_no_month_is_written_as_a_word() -> None:
    """What is not reckoned is wrong on most days."""
    written = {
        (mail.key, found)
        for mail in NOW_TOLD.mails.values()
        for text in (mail.subject, mail.text, mail.html and (FOLDER / "html" / mail.html).read_text())
        for found in re.findall(rf"\b(?:{'|'.join((*DAYS, *MONTHS))})\b", text or "")
    }
    weekly = {("parent-ecole", "lundi"), *(("lettre-rectorat", day) for day in ("mardi", "mercredi", "jeudi"))}
    assert written == weekly | {("echelon", "mars")}  # of which the career file knows


def test_what_is_marked_as_answered_has_its_answer_in_sent() -> None:
    mine = sent_mails(NOW, "ac-amiens.fr", ADDRESSES, "mlefevre")
    assert [mail.moment for mail in mine] == sorted(mail.moment for mail in mine)
    written = [email.message_from_bytes(mail.content, policy=email.policy.default) for mail in mine]
    assert {str(mail["In-Reply-To"]) for mail in written if mail["In-Reply-To"]} == {
        m.answers for m in mine if m.answers
    }
    assert len(mine) >= 8


@pytest.mark.parametrize("now", [NOW, NOW + timedelta(days=4), NOW.replace(hour=0, month=1, day=1)])
def test_every_mail_has_arrived_by_now_and_goes_to_the_cast(now: datetime) -> None:
    told = list(demo_mails(now, "ac-amiens.fr", ADDRESSES))
    assert len(told) >= 40
    for _sender, recipients, raw in told:
        assert recipients
        assert set(recipients) <= set(ADDRESSES.values())
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        date = email.message_from_bytes(raw, policy=email.policy.default)["Date"]
        assert date is None or date.datetime <= now


def test_the_teacher_s_box_is_well_filled() -> None:
    told = list(demo_mails(NOW, "ac-amiens.fr", ADDRESSES))
    mine = [raw for _sender, recipients, raw in told if ADDRESSES["mlefevre"] in recipients]
    kinds = {part.get_content_type() for raw in mine for part in email.message_from_bytes(raw).walk()}
    assert len(mine) >= 40
    assert {
        "text/html",
        "image/png",
        "application/pdf",
        "text/calendar",
        "message/rfc822",
        "application/ms-tnef",
    } <= kinds


def test_what_is_attached_can_be_opened() -> None:
    for _sender, _recipients, raw in demo_mails(NOW, "ac-amiens.fr", ADDRESSES):
        for part in email.message_from_bytes(raw, policy=email.policy.default).walk():
            name, content = part.get_filename() or "", part.get_payload(decode=True) or b""
            if not isinstance(content, bytes):
                continue
            if name.endswith((".odt", ".docx")):
                assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
            elif name.endswith(".pdf"):
                assert content.startswith(b"%PDF-")
            elif name.endswith(".png"):
                assert content.startswith(b"\x89PNG")


def test_the_same_moment_tells_the_same_story() -> None:
    first, second = (
        [(sender, recipients) for sender, recipients, _raw in demo_mails(NOW, "ac-amiens.fr", ADDRESSES)]
        for _ in range(2)
    )
    assert first == second


@pytest.mark.browser
def test_what_nobody_deleted_is_not_offered_to_be_brought_back(
    at_the_desk: Callable[..., tuple[Visitor, Desk]],
) -> None:
    """Each mail is put there again under its own date; its first copy is nothing that anybody misses."""
    visitor, desk = at_the_desk("school-head")
    expect(desk.row("Effectifs de cantine").first).to_be_visible()
    visitor.go("/webmail/recuperation/")
    expect(visitor.page.get_by_role("heading", level=1, name="Récupérer")).to_be_visible()
    expect(visitor.page.get_by_text("Effectifs de cantine")).to_have_count(0)
