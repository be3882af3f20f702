"""Large files: sealed on the disk, read in any part, in little memory, and never when something was changed."""

import io
import tracemalloc
from datetime import datetime
from itertools import islice
from pathlib import Path

import pytest

from vaguemestre.accounts.models import Account
from vaguemestre.handouts import chunked_upload
from vaguemestre.handouts.encrypted_file import CHUNK, STEP, DamagedFileError
from vaguemestre.handouts.models import Handout
from vaguemestre.handouts.testing.uploads import LETTER, come

OCTETS = bytes(range(256)) * (2 * CHUNK // 256) + b"the end"


def test_any_part_is_read(teacher: Account) -> None:
    handout = come(teacher, OCTETS)
    assert handout.complete
    for start, end in [
        (0, len(OCTETS)),
        (0, 1),
        (CHUNK - 3, CHUNK + 5),
        (CHUNK, 2 * CHUNK),
        (len(OCTETS) - 4, len(OCTETS)),
    ]:
        assert b"".join(chunked_upload.read_range(handout, start, end)) == OCTETS[start:end]


def test_nothing_of_it_is_readable_on_the_disk(teacher: Account) -> None:
    first, second = come(teacher, b"le nom secret" * 100), come(teacher, b"le nom secret" * 100, name="bis.pdf")
    assert b"secret" not in first.path.read_bytes()
    assert first.path.read_bytes()[12:] != second.path.read_bytes()[12:]
    assert first.path.stat().st_mode & 0o037 == 0


def test_what_was_changed_is_never_served(teacher: Account) -> None:
    handout = come(teacher, OCTETS)
    whole = handout.path.read_bytes()
    changed = whole[:100] + bytes([whole[100] ^ 1]) + whole[101:]
    exchanged = whole[STEP : 2 * STEP] + whole[:STEP] + whole[2 * STEP :]
    for damaged in (changed, exchanged, whole[: STEP + 10], whole[:STEP], b""):
        handout.path.write_bytes(damaged)
        with pytest.raises(DamagedFileError):
            list(chunked_upload.read_range(handout, 0, len(OCTETS)))


def test_another_file_s_chunks_do_not_pass(teacher: Account) -> None:
    one, other = come(teacher, OCTETS), come(teacher, OCTETS, name="autre")
    one.path.write_bytes(other.path.read_bytes())
    with pytest.raises(DamagedFileError):
        list(chunked_upload.read_range(one, 0, 10))


class Sparse(io.RawIOBase):
    """As long as asked for, and nowhere."""

    def read(self, size: int = -1) -> bytes:
        return bytes(size)


def test_sixty_megabytes_take_the_memory_of_some_chunks(teacher: Account, now: datetime) -> None:
    handout = chunked_upload.begin_upload(teacher, LETTER, "film.mp4", 60 * CHUNK, "video/mp4", now)
    tracemalloc.start()
    try:
        while not handout.complete:
            chunked_upload.append_chunk(handout, handout.received, Sparse(), now)
        read = sum(map(len, chunked_upload.read_range(handout, 0, handout.size)))
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read == 60 * CHUNK
    assert most < 8 * CHUNK


def test_a_request_brings_sixteen_chunks_at_most(teacher: Account, now: datetime) -> None:
    handout = chunked_upload.begin_upload(teacher, LETTER, "film.mp4", 60 * CHUNK, "video/mp4", now)
    chunked_upload.append_chunk(handout, 0, Sparse(), now)
    assert handout.received == chunked_upload.MOST_OF_A_REQUEST


def test_a_piece_that_was_cut_counts_up_to_its_last_whole_chunk(teacher: Account, now: datetime) -> None:
    handout = chunked_upload.begin_upload(teacher, LETTER, "récit.pdf", len(OCTETS), "", now)
    chunked_upload.append_chunk(handout, 0, io.BytesIO(OCTETS[: CHUNK + 500]), now)
    assert Handout.objects.get(pk=handout.pk).received == CHUNK
    with pytest.raises(chunked_upload.WrongOffsetError):
        chunked_upload.append_chunk(handout, CHUNK + 500, io.BytesIO(OCTETS[CHUNK + 500 :]), now)
    chunked_upload.append_chunk(handout, CHUNK, io.BytesIO(OCTETS[CHUNK:]), now)
    assert b"".join(chunked_upload.read_range(handout, 0, len(OCTETS))) == OCTETS


def test_what_a_crash_left_on_the_disk_is_written_over(teacher: Account, now: datetime) -> None:
    handout = chunked_upload.begin_upload(teacher, LETTER, "récit.pdf", len(OCTETS), "", now)
    handout.path.write_bytes(b"x" * 3000)
    chunked_upload.append_chunk(handout, 0, io.BytesIO(OCTETS), now)
    assert b"".join(chunked_upload.read_range(handout, 0, len(OCTETS))) == OCTETS


def test_the_same_file_chosen_again_goes_on(teacher: Account, now: datetime) -> None:
    handout = chunked_upload.begin_upload(teacher, LETTER, "récit.pdf", len(OCTETS), "", now, modified=7)
    chunked_upload.append_chunk(handout, 0, io.BytesIO(OCTETS[:CHUNK]), now)
    assert chunked_upload.begin_upload(teacher, LETTER, "récit.pdf", len(OCTETS), "", now, modified=7).received == CHUNK
    whole = come(teacher, OCTETS)
    assert whole.pk == handout.pk
    assert (
        chunked_upload.begin_upload(teacher, LETTER, "récit.pdf", len(OCTETS), "", now, modified=7).pk != handout.pk
    )  # a second


def test_a_file_that_was_changed_meanwhile_does_not_go_on_with_the_former_one(teacher: Account, now: datetime) -> None:
    former = chunked_upload.begin_upload(teacher, LETTER, "récit.pdf", len(OCTETS), "", now, modified=7)
    chunked_upload.append_chunk(former, 0, io.BytesIO(bytes(CHUNK)), now)
    for modified in (8, None, None):
        other = chunked_upload.begin_upload(teacher, LETTER, "récit.pdf", len(OCTETS), "", now, modified=modified)
        assert (other.pk != former.pk, other.received) == (True, 0)
    assert Handout.objects.count() == 4


def test_one_that_the_server_has_already(teacher: Account, tmp_path: Path, now: datetime) -> None:
    """Never behind the first bytes of one that a browser has begun to send."""
    file = tmp_path / "déjà"
    file.write_bytes(OCTETS)
    begun = chunked_upload.begin_upload(teacher, LETTER, "récit.pdf", len(OCTETS), "", now, modified=7)
    chunked_upload.append_chunk(begun, 0, io.BytesIO(bytes(CHUNK)), now)
    handout = chunked_upload.take_file(teacher, LETTER, "récit.pdf", file, "application/pdf", now, number=3)
    assert handout.pk != begun.pk
    assert b"".join(islice(chunked_upload.read_range(handout, 0, len(OCTETS)), 9)) == OCTETS


def test_asked_for_twice_it_is_one_file(
    teacher: Account, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "déjà"
    file.write_bytes(OCTETS)
    append, turns = chunked_upload.append_chunk, iter([True])

    def another_is_first(handout: Handout, *arguments: object) -> None:
        if next(turns, False):
            chunked_upload.take_file(teacher, LETTER, "récit.pdf", file, "application/pdf", now, number=3)
        append(handout, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(chunked_upload, "append_chunk", another_is_first)
    for _press in range(2):
        chunked_upload.take_file(teacher, LETTER, "récit.pdf", file, "application/pdf", now, number=3)
    [handout] = Handout.objects.all()
    assert b"".join(chunked_upload.read_range(handout, 0, len(OCTETS))) == OCTETS


def test_taken_out_while_a_piece_arrives(teacher: Account, now: datetime) -> None:
    handout = chunked_upload.begin_upload(teacher, LETTER, "récit.pdf", len(OCTETS), "", now)

    class Stops(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            Handout.objects.all().delete()
            return super().read(size)

    for _time in range(2):  # the second piece finds nothing
        with pytest.raises(Handout.DoesNotExist):
            chunked_upload.append_chunk(handout, 0, Stops(OCTETS), now)
        assert not handout.path.exists()
