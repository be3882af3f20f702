"""The demo's mails before anybody delivers them: whole, datable, and addressed to people who exist."""

import email
import email.policy
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.visitor import Visitor
from seeds.mails import demo_mails

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
CAST = ["mlefevre", "kbelkacem", "nbenhamou", "scaudron", "tquesnel", "hwattebled", "edelatourmaubourg"]
ADDRESSES = {identifier: f"{identifier}@ac-amiens.fr" for identifier in CAST}


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
    """Each mail is put there anew under its own date; its first copy is nothing that anybody misses."""
    visitor, desk = at_the_desk("school-head")
    expect(desk.row("Effectifs de cantine").first).to_be_visible()
    visitor.go("/webmail/recuperation/")
    expect(visitor.page.get_by_role("heading", level=1, name="Récupérer")).to_be_visible()
    expect(visitor.page.get_by_text("Effectifs de cantine")).to_have_count(0)
