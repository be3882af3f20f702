"""The form of the archive: what Python's own mailbox reads back, byte by byte."""

import io
import mailbox
import random
from pathlib import Path
from typing import Any

import pytest

from vaguemestre.exports.folder_names import path_of
from vaguemestre.exports.mbox import Mbox
from vaguemestre.exports.testing.mbox import MESSAGES, unquoted


def written(pieces: int, path: Path) -> None:
    chance = random.Random(pieces)
    with path.open("wb") as file:
        out = Mbox(file)
        for message in MESSAGES:
            out.begin(1_795_548_787, "\\Seen \\Flagged")
            cuts = sorted(chance.randint(0, len(message)) for _ in range(pieces))
            for start, end in zip([0, *cuts], [*cuts, len(message)], strict=True):
                out.feed(message[start:end])
            out.end()


@pytest.mark.parametrize("pieces", [0, 1, 3, 17])
def test_every_octet_comes_back_however_it_was_cut(tmp_path: Path, pieces: int) -> None:
    path = tmp_path / "x.mbox"
    written(pieces, path)
    read = mailbox.mbox(path)
    assert len(read) == len(MESSAGES)
    for key, message in zip(read.keys(), MESSAGES, strict=True):
        raw = unquoted(read.get_bytes(key)).removeprefix(b"Status: RO\nX-Status: F\n")
        assert raw.rstrip(b"\n") == message.rstrip(b"\n")
        assert raw.startswith(message) or not message.endswith(b"\n")
        assert set(read[key].get_flags()) == set("RFO")


def test_memory_stays_small_for_a_line_without_end() -> None:
    class Nowhere(io.BytesIO):
        def write(self, data: Any, /) -> int:
            return len(data)

    out = Mbox(Nowhere())
    out.begin(0, "")
    for _ in range(1000):
        out.feed(b"x" * 65536)
    assert len(out._held) < 10


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("INBOX", "Courrier/Boîte de réception.mbox"), ("Trash", "Courrier/Corbeille.mbox"),
        ("Classe/Sixième", "Courrier/Classe/Sixième.mbox"), ("Archive/2026", "Courrier/Archives/2026.mbox"),
        ("Qui ? Moi : oui", "Courrier/Qui _ Moi _ oui.mbox"), ("../../etc/passwd", "Courrier/_/_/etc/passwd.mbox"),
        ("CON", "Courrier/_CON.mbox"), ("a\x07b", "Courrier/a_b.mbox"),
    ],
)  # fmt: skip
def test_names_any_computer_takes(name: str, path: str) -> None:
    assert path_of(name, set()) == path


def test_two_names_that_become_one() -> None:
    taken: set[str] = set()
    assert [path_of(name, taken) for name in ("a?", "a*", "A_")] == [
        "Courrier/a_.mbox", "Courrier/a_ (2).mbox", "Courrier/A_ (3).mbox",
    ]  # fmt: skip
