"""What is written can be read by another program, and nothing that a person types becomes a header field."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings, strategies as st

from vaguemestre.mailbox.file_names import safe_filename
from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime import evidence_message, message_builder
from vaguemestre.mailbox.mime.header_text import clean_text, header_text
from vaguemestre.mailbox.mime.message_builder import File, build_message
from vaguemestre.mailbox.values import InvalidValueError

NOW = datetime(2026, 11, 24, 17, 42, tzinfo=UTC)
ANNE = Address("Anne-Cécile d’Hervé", "annececile.dherve@ac-amiens.fr")


def written(**changes: object) -> bytes:
    arguments: dict[str, object] = {
        "sender": ANNE, "to": [Address("", "karim.belkacem@ac-amiens.fr")], "subject": "Réunion", "text": "Bonjour.",
        "date": NOW, "message_id": "<abc@ac-amiens.fr>", **changes,
    }  # fmt: skip
    raw: bytes = build_message(**arguments)  # type: ignore[arg-type]  # each test changes one argument, of its own type
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()
    return raw


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_plain_letter() -> None:
    message = read(written(cc=[Address('Dupont, "J"', "j@x.example")], bcc=[Address("", "secret@x.example")]))
    assert str(message["From"]) == "Anne-Cécile d’Hervé <annececile.dherve@ac-amiens.fr>"
    assert [person.addr_spec for person in message["To"].addresses] == ["karim.belkacem@ac-amiens.fr"]
    assert message["Cc"].addresses[0].display_name == 'Dupont, "J"'
    assert (message["Subject"], message["Message-ID"]) == ("Réunion", "<abc@ac-amiens.fr>")
    assert message["Date"].datetime == NOW
    assert message.get_content_type() == "text/plain"
    assert message.get_content().rstrip() == "Bonjour."
    assert "secret" not in written(bcc=[Address("", "secret@x.example")]).decode()
    assert not message.defects


def test_blind_copies_stay_in_drafts_only() -> None:
    raw = written(bcc=[Address("", "secret@x.example")], keep_bcc=True)
    assert read(raw)["Bcc"].addresses[0].addr_spec == "secret@x.example"


def test_threads() -> None:
    message = read(written(in_reply_to="<q@x>", references=["<r@x>", "<s@x>"]))
    assert (message["In-Reply-To"], message["References"]) == ("<q@x>", "<r@x> <s@x> <q@x>")
    chain = [f"<{number}@x>" for number in range(300)]
    kept = str(read(written(in_reply_to=chain[-1], references=chain))["References"]).split()
    assert (kept[0], kept[-1], len(kept)) == (chain[0], chain[-1], 20)
    assert "References" not in read(written())


def test_texts_come_back_as_typed() -> None:
    for text in ("", "a\n\nb", "é" * 3000, "x" * 5000, ".\n..\nFrom x", "😀 \u2028 fin", "trailing  \n  lead"):
        assert read(written(text=text)).get_content().replace("\r\n", "\n") == f"{text}\n"
    assert read(written(text="a\r\nb\rc\n\n")).get_content().replace("\r\n", "\n") == "a\nb\nc\n"


def test_attachments(tmp_path: Path) -> None:
    content = bytes(range(256)) * 700
    (tmp_path / "f").write_bytes(content)
    files = [
        File("Emploi du temps – 6e « B ».pdf", "application/pdf", tmp_path / "f"),
        File("a/b\r\nX: y.html", "text/html", tmp_path / "f"),
        File("long " * 60 + ".odt", "x", tmp_path / "f"),
        File("", "message/rfc822", tmp_path / "f"),
        File('q"uo\\te.txt', "text/plain\r\nX: y", tmp_path / "f"),
    ]
    message = read(written(attachments=files))
    parts = list(message.iter_attachments())
    assert message.get_body(("plain",)) is not None
    assert [part.get_filename() for part in parts] == [
        safe_filename(files[0].name), "a_b X_ y.html", safe_filename(files[2].name), "piece-jointe.bin", "q_uo_te.txt",
    ]  # fmt: skip
    types = [part.get_content_type() for part in parts]
    assert types == ["application/pdf", "text/html", *["application/octet-stream"] * 3]
    assert all(part.get_payload(decode=True) == content for part in parts)
    assert all("X" not in part for part in parts)


def test_a_name_is_never_cut_inside_a_character(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x")
    for name in ("é" * 100 + ".pdf", "😀" * 60, "(100) & «fin» n° 1, 2 ; 3.txt"):
        raw = written(attachments=[File(name, "text/plain", tmp_path / "f")]).decode()
        [part] = read(raw.encode()).iter_attachments()
        assert part.get_filename() == safe_filename(name)
        pieces = re.findall(r"filename\*[0-9*]*=(?:utf-8'')?([^;\r\n]+)", raw)
        assert "".join(unquote(piece, errors="strict") for piece in pieces) == safe_filename(name)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        written(attachments=[File("x", "text/plain", tmp_path / "gone")])


@pytest.mark.parametrize(
    "address",
    ["", "x", "@x.fr", "x@", "a b@x.fr", "a@x y", "a@x.fr\r\nBcc: z@x", "a>@x.fr", "é@x.fr", "a@x.fr, b@x.fr",
     "a..b@x.fr",
     ".a@x.fr", '"a b"@x.fr', "a@-x.fr", "a@" + "x" * 300],
)  # fmt: skip
def test_addresses_that_cannot_be_written(address: str) -> None:
    with pytest.raises(InvalidValueError):
        written(to=[Address("x", address)])


def test_a_domain_with_accents() -> None:
    assert read(written(to=[Address("", "jean@école.fr")]))["To"].addresses[0].domain == "xn--cole-9oa.fr"


def test_five_hundred_recipients() -> None:
    people = [Address(f"Prénom Nom n° {number}", f"p{number}@ac-amiens.fr") for number in range(500)]
    raw = written(to=people)
    assert [person.addr_spec for person in read(raw)["To"].addresses] == [person.address for person in people]
    assert max(map(len, raw.split(b"\r\n"))) <= 100


words = st.text(max_size=80)
FIELDS = {
    "from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type",
    "content-transfer-encoding",
}  # fmt: skip


@settings(max_examples=300)
@given(name=words, names=st.lists(words, max_size=12), subject=st.text(max_size=300), text=words, reference=words)
def test_no_header_can_be_injected(name: str, names: list[str], subject: str, text: str, reference: str) -> None:
    people = [Address(one, f"p{number}@x.example") for number, one in enumerate(names)]
    raw = written(
        sender=Address(name, "a.b@x.example"), to=people, cc=people[:1], subject=subject, text=text,
        in_reply_to=reference, references=[reference],
    )  # fmt: skip
    message = read(raw)
    assert {key.lower() for key in message} <= FIELDS
    assert len(message.keys()) == len(set(message.keys()))
    assert [one.addr_spec for one in message["From"].addresses] == ["a.b@x.example"]
    shown = message["To"].addresses if people else []
    assert [one.addr_spec for one in shown] == [person.address for person in people]
    # The library puts a space between two encoded words of a name, which are one.
    assert [one.display_name.replace(" ", "") for one in shown] == [clean_text(one).replace(" ", "") for one in names]
    assert message["Subject"] == clean_text(subject)
    [line] = [line for line in raw.replace(b"\r\n ", b" ").split(b"\r\n") if line.startswith(b"Subject:")]
    assert header_text(line[8:]) == clean_text(subject)


def test_pieces_are_whole_lines_of_base64() -> None:
    assert message_builder._PIECE % 57 == 0


def test_a_line_without_end_is_cut_as_it_comes() -> None:
    """Held back until its end, it would be copied once for each piece."""
    pieces = [b"x" * 65536] * 40
    source = iter(pieces)
    seen = 0
    for count, cut in enumerate(evidence_message._lines(source)):
        seen += cut.count(b"x")
        assert len(cut) < 80_000
        assert all(len(line) <= 998 for line in cut.split(b"\r\n"))
        assert count < 100
    assert seen == 40 * 65536


@given(st.lists(st.sampled_from([b"a", b"b" * 998, b"c" * 997, b""]), max_size=8), st.integers(1, 2000))
def test_lines_that_fit_are_reported_as_they_are(lines: list[bytes], size: int) -> None:
    raw = b"".join(line + b"\r\n" for line in lines)
    pieces = [raw[place : place + size] for place in range(0, len(raw), size)]
    assert b"".join(evidence_message._lines(pieces)) == raw + b"\r\n"
