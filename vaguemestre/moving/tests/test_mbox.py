"""Files of mail as programs write them, and as nobody should."""

import io
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vaguemestre.exports.mbox import Mbox
from vaguemestre.exports.testing.mbox import MESSAGES
from vaguemestre.mailbox.values import ANSWERED, FLAGGED, FORWARDED, SEEN
from vaguemestre.moving import mbox
from vaguemestre.moving.stored_message import NoMessageError, message_to_store

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PLAIN = b"Subject: un\n\ncorps\n"
LINE = b"From anne@x.example Mon Mar  2 08:30:00 2020\n"


def read(data: bytes, start: int = 0) -> list[mbox.MboxMessage]:
    return list(mbox.read_mbox(io.BytesIO(data), start))


def raws(data: bytes) -> list[bytes | None]:
    return [found.raw for found in read(data)]


def test_two_messages_and_the_place_between_them() -> None:
    data = LINE + PLAIN + b"\n" + LINE + b"Subject: deux\n\nb\n\n"
    first, second = read(data)
    assert (first.raw, second.raw) == (PLAIN, b"Subject: deux\n\nb\n")
    assert [found.raw for found in read(data, first.after)] == [second.raw]
    assert read(data, second.after) == []
    assert second.after == len(data)


@pytest.mark.parametrize(
    "line", [b"From - Mon Mar 02 08:30:00 2020\n", b"From \n", b"From\n",
             b"From MAILER-DAEMON Fri Jul  8 12:08:34 2011\n",
             b"From 1756@xxx Mon Mar 02 08:30:00 +0000 2020\r\n", b"From - \n"]
)  # fmt: skip
def test_the_separating_lines_of_programs(line: bytes) -> None:
    assert mbox.looks_like_mbox(line + PLAIN)
    assert raws(line + PLAIN + b"\n" + line + PLAIN) == [PLAIN, PLAIN]


@pytest.mark.parametrize(
    "body", [b"\nFrom Monday on we meet in 2021\nat eight\n", b"From \nSubject: not a blank line before\n",
             b"\nFrom here\n\nFrom there: no\n", b"\nFrom the Mon 2020 side of things\nno field follows\n"]
)  # fmt: skip
def test_words_of_a_letter_do_not_cut_it(body: bytes) -> None:
    whole = b"Subject: un\n\ncorps\n" + body
    assert raws(LINE + whole + b"\n" + LINE + PLAIN) == [whole, PLAIN]


def test_what_was_quoted_is_unquoted_once() -> None:
    assert raws(LINE + b"Subject: un\n\n>From here\n>>From there\n> From me\n") == [
        b"Subject: un\n\nFrom here\n>From there\n> From me\n"
    ]


def test_our_own_archives_come_back_octet_by_octet(tmp_path: Path) -> None:
    path = tmp_path / "x.mbox"
    with path.open("wb") as file:
        out = Mbox(file)
        for message in MESSAGES[:4]:
            out.begin(1_795_548_787, "\\Seen \\Flagged")
            out.feed(message)
            out.end()
    with path.open("rb") as file:
        found = [
            message_to_store(one.raw or b"", one.separator, now=NOW + timedelta(days=999))
            for one in mbox.read_mbox(file)
        ]
    expected = [one.replace(b"\r\n", b"\n").replace(b"\0", b"\x80").rstrip(b"\n") for one in MESSAGES[:4]]
    assert [one.raw.replace(b"\r\n", b"\n").rstrip(b"\n") for one in found] == expected
    assert {one.flags for one in found} == {(FLAGGED, SEEN)}
    assert {one.date.timestamp() for one in found} == {1_795_548_787}


def test_hostile_files_end() -> None:
    assert raws(b"") == []
    assert raws(b"\0" * 5_000_000) == []
    assert raws(b"x" * 5_000_000) == []
    assert raws(b"From \n") == [b""]
    long_line = LINE + b"Subject: un\n\n" + b"x" * 3_000_000 + b"\n\n" + LINE + PLAIN
    first, second = raws(long_line)
    assert (len(first or b""), second) == (3_000_000 + 14, PLAIN)
    tricky = LINE + b"Subject: un\n\n" + b"x" * 65_536 + b"\nFrom \nSubject: in\n"  # a piece ends where a line does
    assert len(raws(tricky)) == 1
    chance = random.Random(4)
    for _turn in range(200):
        pieces = [chance.choice([LINE, PLAIN, b"\n", b"From ", b"\r\n", b"\xff", b">", b"From \n"]) for _ in range(20)]
        data = b"".join(pieces)
        places = [found.after for found in read(data)]
        assert places == sorted(set(places))
        for place in places:
            assert [one.raw for one in read(data, place)] == raws(data)[places.index(place) + 1 :]


def test_a_message_too_large_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "LARGEST", 1000)
    assert raws(LINE + b"Subject: un\n\n" + b"x\n" * 2000 + b"\n" + LINE + PLAIN) == [None, PLAIN]


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        (b"", (SEEN,)),
        (b"Status: RO\n", (SEEN,)),
        (b"Status: O\n", ()),
        (b"Status: RO\nX-Status: AF\n", (ANSWERED, FLAGGED, SEEN)),
        (b"X-Mozilla-Status: 0000\nX-Mozilla-Status2: 00000000\n", ()),
        (b"X-Mozilla-Status: 1007\n", (FORWARDED, ANSWERED, FLAGGED, SEEN)),
        (b"X-Mozilla-Status: zzzz\n", (SEEN,)),
        (b"X-Mozilla-Status: 0001\nX-Mozilla-Keys: $label1 bad\xff \\Seen (x)\n", ("$label1", SEEN)),
    ],
)
def test_marks(fields: bytes, flags: tuple[str, ...]) -> None:
    letter = message_to_store(fields + b"Subject: x\n\nStatus: of the body\n", LINE, now=NOW)
    assert set(letter.flags) == set(flags)
    assert letter.raw == b"Subject: x\r\n\r\nStatus: of the body\r\n"


def test_what_its_program_had_deleted_is_not_brought() -> None:
    with pytest.raises(NoMessageError) as caught:
        message_to_store(b"X-Mozilla-Status: 0009\n" + PLAIN, LINE, now=NOW)
    assert caught.value.reason == "deleted"


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"no field\n\nx", b"\x80\x81", b"Subject x\n\n", b"x" * 3_000_000])
def test_no_message(raw: bytes) -> None:
    with pytest.raises(NoMessageError):
        message_to_store(raw, b"", now=NOW)


@pytest.mark.parametrize(
    ("fields", "separator", "date"),
    [
        (b"Received: x; Tue, 3 Mar 2020 10:00:00 +0100\nDate: Mon, 2 Mar 2020 09:00 +01\n", LINE, "2020-03-03T09:00"),
        (b"Received: broken\nDate: Mon, 2 Mar 2020 09:00:00 +0100\n", LINE, "2020-03-02T08:00"),
        (b"Date: Mon, 2 Mar 2099 09:00:00 +0100\n", LINE, "2020-03-02T08:30"),
        (b"Date: Thu, 1 Jan 1903 00:00:00 +0000\n", b"From - Tue Mar 03 08:30:00 2020\n", "2020-03-03T08:30"),
        (b"Date: \xff\xfe\n", b"From \n", "2026-11-26T12:00"),
        (b"Date: Mon, 99 Zzz 99999 99:99:99 +9999\n", b"From x y z\n", "2026-11-26T12:00"),
        (b"Received: from a\n by b\n ; Tue, 3 Mar 2020\n 10:00:00 +0100\n", LINE, "2020-03-03T09:00"),
    ],
)
def test_the_day(fields: bytes, separator: bytes, date: str) -> None:
    letter = message_to_store(fields + b"Subject: x\n\nx\n", separator, now=NOW)
    assert letter.date.isoformat()[:16] == date


def test_lines_and_nothing_that_a_server_cannot_hold() -> None:
    letter = message_to_store(b"Subject: =?utf-8?q?=C3=A9t=C3=A9?=\r\nX: y\n\na\0b\nc\r\n", b"", now=NOW)
    assert letter.raw == b"Subject: =?utf-8?q?=C3=A9t=C3=A9?=\r\nX: y\r\n\r\na\x80b\r\nc\r\n"
    assert letter.subject == "été"
    saved_with_its_line = message_to_store(LINE + PLAIN, b"", now=NOW)
    assert (saved_with_its_line.raw, saved_with_its_line.date.year) == (PLAIN.replace(b"\n", b"\r\n"), 2020)


def test_one_message_is_the_same_whatever_wrote_its_file() -> None:
    plain = message_to_store(b"Message-ID: <a@b>\nSubject: x\n\ny\n", b"", now=NOW)
    marked = message_to_store(b"X-Mozilla-Status: 0001\nMessage-ID:\r\n <a@b>\nSubject: x\n\ny\n", LINE, now=NOW)
    assert plain.identity != marked.identity  # the folded line is two bytes more: another size
    same = message_to_store(b"Status: RO\nMessage-ID: <a@b>\nSubject: x\n\ny\n", LINE, now=NOW)
    assert same.identity == plain.identity
    unnamed = {message_to_store(b"Subject: %s\n\ny\n" % word, b"", now=NOW).identity for word in (b"a", b"b")}
    assert len(unnamed) == 2
