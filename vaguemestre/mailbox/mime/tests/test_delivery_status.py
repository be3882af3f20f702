"""Reports about messages sent, as servers and programs write them."""

import pytest
from hypothesis import given, strategies as st

from vaguemestre.mailbox.mime import delivery_status
from vaguemestre.mailbox.mime.delivery_status import DeliveryStatus

STATUS = """Reporting-MTA: dns; mail.ac-amiens.fr
Arrival-Date: Thu, 26 Nov 2026 14:00:00 +0100

Final-Recipient: rfc822; jean@y.example
Original-Recipient: rfc822;jean.dupont@x.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.y.example
Diagnostic-Code: smtp; 550 5.1.1 <jean@y.example>: Recipient address
    rejected: User unknown

Final-Recipient: RFC822; lea@y.example
Action: Delayed
Status: 4.4.1 (no answer)

Final-Recipient: x400; /C=FR/
Action: failed
"""
READ = """Reporting-UA: Vaguemestre
Final-Recipient: rfc822;karim.belkacem@ac-amiens.fr
Original-Message-ID: <abc@ac-amiens.fr>
Disposition: manual-action/MDN-sent-manually; displayed
"""


def test_recipients_of_a_delivery_report() -> None:
    failed, delayed = delivery_status.read_status(STATUS)
    said = "550 5.1.1 <jean@y.example>: Recipient address rejected: User unknown"
    assert failed == DeliveryStatus("failed", "jean.dupont@x.example", "5.1.1", said)
    assert delayed == DeliveryStatus("delayed", "lea@y.example", "4.4.1")


def test_a_receipt() -> None:
    told, about = delivery_status.read_disposition(READ)
    assert told == DeliveryStatus("read", "karim.belkacem@ac-amiens.fr")
    assert about == "<abc@ac-amiens.fr>"
    deleted, _about = delivery_status.read_disposition(READ.replace("displayed", "deleted/error"))
    assert deleted == DeliveryStatus("discarded", "karim.belkacem@ac-amiens.fr")
    assert delivery_status.read_disposition(READ.replace("displayed", "processed"))[0] is None


@pytest.mark.parametrize("text", ["", "\n\n\n", "Action: failed", "Final-Recipient: a@b\nAction: failed", "\x00" * 50])
def test_what_says_nothing(text: str) -> None:
    assert delivery_status.read_status(text) == []
    assert delivery_status.read_disposition(text) == (None, "")


def test_nothing_unseen_and_nothing_endless_in_the_other_servers_words() -> None:
    text = f"\n\nFinal-Recipient: rfc822;a@b.example\nAction: failed\nDiagnostic-Code: smtp; \u202e{'x' * 9000}"
    [told] = delivery_status.read_status(text)
    assert "\u202e" not in told.said
    assert len(told.said) == delivery_status.SAID_LIMIT
    block = "Final-Recipient: rfc822;a@b.example\nAction: failed\n\n"
    assert len(delivery_status.read_status(block * 500)) == delivery_status.MOST


def test_the_message_it_is_about() -> None:
    assert (
        delivery_status.returned_message_id(
            "Subject: x\nMessage-ID:\n <a.b@c.example>\n\nMessage-ID: <autre@c.example>"
        )
        == "<a.b@c.example>"
    )
    assert delivery_status.returned_message_id("Subject: x\n\nMessage-ID: <autre@c.example>") == ""


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    delivery_status.read_status(text)
    delivery_status.read_disposition(text)
    delivery_status.returned_message_id(text)
