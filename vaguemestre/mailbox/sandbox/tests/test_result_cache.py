"""What was cleaned is kept for whoever received it: for a while, up to a size, and for nobody else."""

import errno
import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event

import pytest

from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.mailbox.sandbox import socket_process
from vaguemestre.mailbox.sandbox.cleaner import Cleaned, Way, begin, clean, worker_pool
from vaguemestre.mailbox.sandbox.cleaner.framing import FrameError, read_frame, write_frame
from vaguemestre.mailbox.sandbox.cleaner.result_cache import MOST_NAMES, Request, ResultCache, read_request

MAIL = '<p>Bonjour <img src="cid:a"> <img src="https://images.example/b"></p>'


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the workers were given to do."""
    done: list[bytes] = []
    do = worker_pool.Worker.do

    def counted(worker: worker_pool.Worker, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        done.append(body)
        return do(worker, head, body)

    monkeypatch.setattr(worker_pool.Worker, "do", counted)
    return done


def ask(cleaner: Path, html: str, *, whose: str = "a0000001", word: str = "x", images: bool = True) -> Cleaned:
    return clean(
        html, socket=cleaner, cid_url=lambda cid: f"/{word}/{cid}", timeout=20, whose=whose,
        image_url=(lambda url: f"/{word}?{url}") if images else None,
    )  # fmt: skip


def test_a_mail_opened_again_is_not_cleaned_twice_and_its_addresses_are_new(cleaner: Path, jobs: list[bytes]) -> None:
    first, second = ask(cleaner, MAIL, word="un"), ask(cleaner, MAIL, word="deux")
    assert len(jobs) == 1
    assert 'src="/un/a"' in first.html
    assert 'src="/deux/a"' in second.html
    assert 'src="/deux?https://images.example/b"' in second.html
    assert ".invalid" not in second.html
    assert (second.remote_images, second.spies, second.look) == (first.remote_images, first.spies, first.look)
    assert second.used_cids == {"a"}


def test_nobody_meets_what_another_has_received(cleaner: Path, jobs: list[bytes]) -> None:
    for account in ("a0000002", "a0000003", "", ""):
        ask(cleaner, MAIL, whose=account)
    assert len(jobs) == 4


def test_another_wish_and_another_octet_are_another_mail(cleaner: Path, jobs: list[bytes]) -> None:
    ask(cleaner, MAIL, whose="a0000004")
    assert "images.example" not in ask(cleaner, MAIL, whose="a0000004", images=False).html
    ask(cleaner, MAIL + " ", whose="a0000004")
    assert len(jobs) == 3


def test_a_refusal_is_tried_again(cleaner: Path, jobs: list[bytes]) -> None:
    for _ in range(2):
        with pytest.raises(CleanerError, match="depth"):
            ask(cleaner, "<div>" * 5000)
    assert len(jobs) == 2


def test_what_was_begun_is_not_begun_again(cleaner: Path, jobs: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Handed over, and asked for while the worker is still at it."""
    busy, go_on = Event(), Event()
    do = worker_pool.Worker.do

    def slowly(worker: worker_pool.Worker, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        busy.set()
        assert go_on.wait(20)
        return do(worker, head, body)

    monkeypatch.setattr(worker_pool.Worker, "do", slowly)
    begin(MAIL.encode(), socket=cleaner, images=False, whose="a0000005")
    assert busy.wait(20)
    with ThreadPoolExecutor() as others:
        asked_for = others.submit(read_by, cleaner, "a0000005")
        time.sleep(0.2)  # it waits; were it not to, it would begin a second time in this while
        go_on.set()
        assert "Bonjour" in asked_for.result(20).html
    assert len(jobs) == 1


def read_by(cleaner: Path, account: str) -> Cleaned:
    """As a reader asks."""
    return clean(
        MAIL, socket=cleaner, cid_url=str, link_url=lambda url, _: Way(url), folds={}, timeout=20, whose=account
    )


def by_name(cleaner: Path, name: str, html: str | None = None, *, whose: str = "a0000010", images: bool = True) -> str:
    """`html`: what can be fetched; without it, nothing may be."""

    def fetched() -> bytes:
        assert html is not None, "it was fetched"
        return html.encode()

    return clean(
        fetched, socket=cleaner, cid_url=str, image_url=(lambda url: f"/proxy?{url}") if images else None,
        link_url=lambda url, _: Way(url), folds={}, timeout=20, whose=whose, name=name,
    ).html  # fmt: skip


def test_what_has_a_name_is_fetched_once(cleaner: Path, jobs: list[bytes]) -> None:
    first = by_name(cleaner, "boîte 12 1", MAIL)
    assert by_name(cleaner, "boîte 12 1") == first
    assert "Bonjour" in first
    assert len(jobs) == 1


def test_a_name_is_of_one_account_and_one_wish(cleaner: Path, jobs: list[bytes]) -> None:
    assert "Bonjour" in by_name(cleaner, "boîte 13 1", f"{MAIL}13")
    for others in ({"whose": "a0000011"}, {"images": False}):
        assert "Au revoir" in by_name(cleaner, "boîte 13 1", "<p>Au revoir", **others)
    assert "Bonsoir" in by_name(cleaner, "boîte 14 1", "<p>Bonsoir")
    assert "Bonjour" in by_name(cleaner, "boîte 13 1")
    assert len(jobs) == 4


def test_what_was_begun_by_its_name_is_waited_for(
    cleaner: Path, jobs: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    do, busy, go_on = worker_pool.Worker.do, Event(), Event()

    def slowly(worker: worker_pool.Worker, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        busy.set()
        assert go_on.wait(20)
        return do(worker, head, body)

    monkeypatch.setattr(worker_pool.Worker, "do", slowly)
    begin(f"{MAIL}15".encode(), socket=cleaner, images=True, whose="a0000010", name="boîte 15 1")
    assert busy.wait(20)
    with ThreadPoolExecutor() as others:
        asked_for = others.submit(by_name, cleaner, "boîte 15 1")
        time.sleep(0.2)
        assert not asked_for.done()
        go_on.set()
        assert "Bonjour" in asked_for.result(20)
    assert len(jobs) == 1


def test_what_failed_is_fetched_again(cleaner: Path, jobs: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    do = worker_pool.Worker.do

    def fails(_worker: worker_pool.Worker, _head: bytes, _body: bytes) -> tuple[bytes, bytes]:
        raise worker_pool.WorkerFailedError("crash")

    monkeypatch.setattr(worker_pool.Worker, "do", fails)
    with pytest.raises(CleanerError, match="crash"):
        by_name(cleaner, "boîte 16 1", f"{MAIL}16")
    monkeypatch.setattr(worker_pool.Worker, "do", do)
    assert "Bonjour" in by_name(cleaner, "boîte 16 1", f"{MAIL}16")
    assert len(jobs) == 1


def test_who_waits_is_told_what_failed_and_the_other_worker_is_free_meanwhile(
    cleaner: Path, jobs: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    do, busy, go_on = worker_pool.Worker.do, Event(), Event()

    def fails(worker: worker_pool.Worker, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        if b"Bonjour" not in body:
            return do(worker, head, body)
        busy.set()
        jobs.append(body)
        assert go_on.wait(20)
        raise worker_pool.WorkerFailedError("time")

    monkeypatch.setattr(worker_pool.Worker, "do", fails)
    begin(MAIL.encode(), socket=cleaner, images=False, whose="a0000006")
    assert busy.wait(20)
    with ThreadPoolExecutor() as others:
        asked_for = [others.submit(read_by, cleaner, "a0000006") for _ in range(3)]
        time.sleep(0.2)  # they wait
        for number in range(3):
            assert ask(cleaner, f"<p>{number}</p>", whose="a0000008").html
        go_on.set()
        for one in asked_for:
            with pytest.raises(CleanerError, match="time"):
                one.result(20)
    assert len([body for body in jobs if b"Bonjour" in body]) == 1


def test_a_worker_that_is_old_or_had_no_room_is_replaced_whoever_asked(
    cleaner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_pool, "JOBS_A_WORKER", 3)
    renewed: list[int] = []
    renew = worker_pool.WorkerPool._renew

    def counted(one: worker_pool.WorkerPool) -> None:
        renewed.append(one._worker.jobs if one._worker else 0)
        renew(one)

    monkeypatch.setattr(worker_pool.WorkerPool, "_renew", counted)
    for number in range(12):
        mail = f"<p>{number}</p>"
        begin(mail.encode(), socket=cleaner, images=False, whose="a0000009")  # and leaves at once
        assert clean(
            mail, socket=cleaner, cid_url=str, link_url=lambda url, _: Way(url), folds={}, timeout=20, whose="a0000009"
        ).html
    assert 3 in renewed
    renewed.clear()
    monkeypatch.setattr(worker_pool.Worker, "do", lambda *_: (worker_pool.NO_ROOM, b""))
    with pytest.raises(CleanerError, match="room"):
        ask(cleaner, "<p>x</p>", whose="a0000009")
    in_the_end(lambda: bool(renewed))


def in_the_end(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_where_too_many_stand_in_line_one_comes_again(tmp_path: Path) -> None:
    """The system refuses at once where its line is full."""
    with socket_process.listen(tmp_path / "line") as listener, ExitStack() as line:
        listener.listen(0)
        full = False
        while not full:
            one = line.enter_context(socket.socket(socket.AF_UNIX))
            one.setblocking(False)
            full = one.connect_ex(str(tmp_path / "line")) == errno.EAGAIN
        begin(MAIL.encode(), socket=tmp_path / "line", images=False, whose="a0000007")  # gives up soon
        with ThreadPoolExecutor() as others:
            asked_for = others.submit(ask, tmp_path / "line", MAIL)
            time.sleep(0.1)
            assert not asked_for.done()
            listener.settimeout(20)
            for _ in range(2):  # who stood in line, then the one that came again
                with listener.accept()[0] as connection, connection.makefile("rwb") as stream:
                    with suppress(FrameError, OSError):
                        connection.settimeout(0.2)
                        read_frame(stream, 1_000_000)
                    with suppress(OSError):
                        write_frame(stream, b'{"remote": 0}', b"<p>Bonjour</p>")
            assert "Bonjour" in asked_for.result(20).html


def test_beginning_never_fails(tmp_path: Path) -> None:
    begin(MAIL.encode(), socket=tmp_path / "nobody", images=False, whose="a0000007")
    with socket_process.listen(tmp_path / "deaf"):
        begin(b"x" * 1_000_000, socket=tmp_path / "deaf", images=False, whose="a0000007")


# The shelf alone.


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def asked(number: int, mark: str = "m") -> tuple[bytes, bytes]:
    head = json.dumps({"act": "clean", "mark": mark, "whose": "a0000001"}).encode()
    place = read_request(head, str(number).encode()).place
    assert place is not None
    return place, head


def test_it_lasts_a_while() -> None:
    clock = Clock()
    shelf: ResultCache[None] = ResultCache(seconds=600, clock=clock)
    place, head = asked(1)
    shelf.put(place, head, b'{"remote": 0}', b"<p>x</p>")
    clock.now = 599
    assert found(shelf, place) == (b'{"remote": 0, "mark": "m"}', b"<p>x</p>")
    clock.now = 600
    assert found(shelf, place) is None


def test_one_makes_it_and_those_who_wait_are_answered_by_it() -> None:
    shelf: ResultCache[str] = ResultCache()
    place, head = asked(1)
    assert shelf.find(place, "a") == (None, True)
    assert shelf.find(place, "b") == (None, False)
    assert shelf.find(asked(2)[0], "c") == (None, True)  # something else
    shelf.put(place, head, b'{"remote": 0}', b"<p>x</p>")
    assert shelf.done(place) == ["b"]
    made, makes = shelf.find(place, "d")
    assert made
    assert not makes
    assert shelf.done(asked(2)[0]) == []  # in vain
    assert shelf.find(asked(2)[0], "e") == (None, True)


def found(shelf: ResultCache[None], place: bytes) -> tuple[bytes, bytes] | None:
    made, makes = shelf.find(place, None)
    if makes:
        shelf.done(place)
    return made


def test_the_oldest_leave_when_there_is_no_room() -> None:
    shelf: ResultCache[None] = ResultCache(octets=5000)
    for number in range(10):
        shelf.put(*asked(number), b'{"remote": 0}', b"x" * 1000)
        shelf.put(*asked(number), b'{"remote": 0}', b"x" * 1000)
    assert [bool(found(shelf, asked(number)[0])) for number in range(10)] == [False] * 6 + [True] * 4
    shelf.put(*asked(10), b'{"remote": 0}', b"x" * 5000)
    assert not any(found(shelf, asked(number)[0]) for number in range(11))
    shelf.put(*asked(11), b'{"remote": 0}', b"x" * 1000)
    assert found(shelf, asked(11)[0])


@pytest.mark.parametrize("answer", [b"", b"[]", b"[" * 60000, b"null", b"\xff", b'{"error": "time"}'])
def test_what_a_broken_worker_says_is_not_kept(answer: bytes) -> None:
    shelf: ResultCache[None] = ResultCache()
    place, head = asked(1)
    shelf.put(place, head, answer, b"<p>x</p>")
    assert found(shelf, place) is None


def test_the_mark_does_not_matter_and_a_worker_cannot_choose_it() -> None:
    shelf: ResultCache[None] = ResultCache()
    place, head = asked(1, mark="mine")
    assert asked(1, mark="another")[0] == place
    shelf.put(place, head, b'{"remote": 0, "mark": "evil"}', b"")
    kept = found(shelf, place)
    assert kept
    assert json.loads(kept[0])["mark"] == "mine"


@pytest.mark.parametrize("head", [b"", b"x", b"[]", b"{}", b'{"whose": ""}', b"[" * 60000])
def test_without_an_account_nothing_is_kept(head: bytes) -> None:
    assert read_request(head, b"x") == Request(None, None, by_name=False)


def test_names_do_not_pile_up() -> None:
    shelf: ResultCache[str] = ResultCache()
    for number in range(MOST_NAMES + 2):
        shelf.find(b"place", "a", b"%d" % number)
    assert shelf.find_named(b"0", "b") == (None, False)
    assert shelf.find_named(b"1", "b") == (None, False)
    assert shelf.find_named(b"2", "b") == (None, True)


def test_a_name_whose_text_has_left_the_shelf_is_unknown() -> None:
    clock = Clock()
    shelf: ResultCache[str] = ResultCache(seconds=600, clock=clock)
    place, head = asked(1)
    assert shelf.find(place, "a", b"n") == (None, True)
    assert shelf.find_named(b"n", "b") == (None, True)
    shelf.put(place, head, b'{"remote": 0}', b"<p>x</p>")
    assert shelf.done(place) == ["b"]
    assert shelf.find_named(b"n", "c") == ((b'{"remote": 0, "mark": "m"}', b"<p>x</p>"), False)
    clock.now = 600
    assert shelf.find_named(b"n", "d") == (None, False)


def test_without_an_account_a_name_is_none() -> None:
    head = json.dumps({"act": "clean", "mark": "m", "whose": "", "name": "boîte 1 1", "by_name": True}).encode()
    wanted = read_request(head, b"")
    assert (wanted.place, wanted.name, wanted.by_name) == (None, None, True)
