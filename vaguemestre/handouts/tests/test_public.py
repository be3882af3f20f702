"""What a stranger with a link gets: a page, the file in any part, and one answer for every link that opens nothing."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.handouts import chunked_upload, fetch_notes, link_lifetime, link_password, message_links, retention
from vaguemestre.handouts.encrypted_file import CHUNK
from vaguemestre.handouts.models import Fetch, Handout
from vaguemestre.handouts.testing.uploads import LETTER, come, leave
from vaguemestre.strangers import from_files

OCTETS = bytes(range(256)) * (CHUNK // 256) + b"la fin"
FAR = timedelta(days=400)


def ask(link: str, browser: Client | None = None, method: str = "GET") -> HttpResponse:
    return cast(HttpResponse, (browser or Client()).generic(method, link.replace("?", "octets/?")))


def octets(link: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Of `files`, where the page's process sends there; with what nginx keeps of the first answer."""
    answer = ask(link)
    if "X-Accel-Redirect" not in answer:
        return answer.status_code, answer.content, dict(answer.headers)
    kept = {name: answer[name] for name in ("Cache-Control", "Content-Disposition")}
    said = from_files(answer, **headers)
    return said.status, said.content, {**kept, **said.headers}


def count(now: datetime) -> None:
    fetch_notes.count_fetches("", now)


def test_looking_at_the_page_counts_nothing(teacher: Account, now: datetime) -> None:
    """As machines do that follow every link of a mail."""
    handout, link = leave(teacher, OCTETS, now)
    answer = Client().get(link)
    page = answer.content.decode()
    assert "récit.pdf" in page
    assert teacher.display_name in page
    assert teacher.address in page
    assert "1 Mo" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert from_files(ask(link, method="HEAD"), "HEAD").content == b""
    count(now)
    handout.refresh_from_db()
    assert handout.downloads == 0


@pytest.mark.parametrize("tail", ["", "octets/"])
def test_no_one_keeps_it_and_no_other_site_learns_the_link(teacher: Account, now: datetime, tail: str) -> None:
    _handout, link = leave(teacher, OCTETS, now)
    for address in (link, "/fichiers/?lien=inconnu"):
        answer = Client().get(address.replace("?", f"{tail}?"))
        assert set(answer.cookies) <= {"__Host-csrf"}
        assert answer["Cache-Control"] == "private, no-store"
        said: Mapping[str, str] = answer.headers
        if "X-Accel-Redirect" in answer:
            said = from_files(answer).headers
        else:
            assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert said["Referrer-Policy"] == "no-referrer"
        assert said["X-Robots-Tag"] == "noindex, nofollow"


def test_it_is_a_file_whatever_it_is_called(teacher: Account, now: datetime) -> None:
    handout, link = leave(teacher, b"<script>alert(1)</script>", now)
    Handout.objects.filter(pk=handout.pk).update(name='é"\r\n.html', type="text/html")
    _status, whole, answer = octets(link)
    assert whole == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%C3%A9%22%0D%0A.html")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_whoever_comes_to_its_end_is_counted_with_the_hour(teacher: Account, now: datetime) -> None:
    handout, link = leave(teacher, OCTETS, now)
    assert octets(link)[:2] == (200, OCTETS)
    assert octets(link, range=f"bytes=0-{len(OCTETS)}")[:2] == (206, OCTETS)
    assert octets(link, range="bytes=1-")[1] == OCTETS[1:]  # the rest of one that broke off
    assert octets(link, range="bytes=0-5")[1] == OCTETS[:6]
    assert next(from_files(ask(link)).octets)  # and breaks off
    assert Fetch.objects.count() == 0
    for _twice in range(2):
        count(now)
        handout.refresh_from_db()
        assert (handout.downloads, Fetch.objects.count()) == (3, 3)


def test_a_note_of_nothing_is_thrown_away(teacher: Account, now: datetime, settings: Settings) -> None:
    handout, _link = leave(teacher, OCTETS, now)
    folder = Path(settings.MAIL["fetched"])
    for name in (f"{'f' * 32}.1", "x", handout.key):
        (folder / name).touch()
    (folder / f"{handout.key}.2").symlink_to("/nowhere")
    count(now)
    handout.refresh_from_db()
    assert handout.downloads == 2
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-0", 0, 1), ("bytes=1048570-1048580", 1048570, 1048581), ("bytes=-6", len(OCTETS) - 6, len(OCTETS)),
     ("bytes=1048576-", CHUNK, len(OCTETS)), ("bytes=0-99999999", 0, len(OCTETS)), ("bytes=-99999999", 0, len(OCTETS))],
)  # fmt: skip
def test_a_broken_download_goes_on(teacher: Account, now: datetime, asked: str, start: int, end: int) -> None:
    _handout, link = leave(teacher, OCTETS, now)
    status, part, answer = octets(link, range=asked)
    assert (status, part) == (206, OCTETS[start:end])
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{len(OCTETS)}"
    assert answer["Content-Length"] == str(end - start)


@pytest.mark.parametrize(
    "asked", ["bytes=1-2,4-5", "bytes=9-5", "bytes=2000000-1", "lines=1-2", "bytes=-", "bytes=a-b", "nonsense"]
)
def test_what_is_not_one_part_is_the_whole(teacher: Account, now: datetime, asked: str) -> None:
    _handout, link = leave(teacher, OCTETS, now)
    assert octets(link, range=asked)[:2] == (200, OCTETS)


@pytest.mark.parametrize("asked", ["bytes=2000000-", "bytes=-0"])
def test_nothing_lies_there(teacher: Account, now: datetime, asked: str) -> None:
    _handout, link = leave(teacher, OCTETS, now)
    status, _nothing, answer = octets(link, range=asked)
    assert (status, answer["Content-Range"]) == (416, f"bytes */{len(OCTETS)}")


def test_a_part_of_another_file_is_not_put_behind_it(teacher: Account, now: datetime) -> None:
    _handout, link = leave(teacher, OCTETS, now)
    mark = octets(link)[2]["ETag"]
    assert octets(link, range="bytes=5-", **{"if-range": mark})[0] == 206
    assert octets(link, range="bytes=5-", **{"if-range": '"other"'})[:2] == (200, OCTETS)


def _expired(handout: Handout, now: datetime) -> None:
    Handout.objects.filter(pk=handout.pk).update(expires_at=now - timedelta(seconds=1))


def _withdrawn(handout: Handout, now: datetime) -> None:
    assert link_lifetime.withdraw_link(handout, by=handout.account_id, now=now)


def _swept(handout: Handout, now: datetime) -> None:
    retention.sweep("", now + FAR)


def _unsent(handout: Handout, now: datetime) -> None:
    Handout.objects.filter(pk=handout.pk).update(sent_at=None)


def _stolen(handout: Handout, now: datetime) -> None:
    Account.objects.filter(pk=handout.account_id).update(locked_at=now)


def _frozen(handout: Handout, now: datetime) -> None:
    Account.objects.filter(pk=handout.account_id).update(frozen_at=now)


def _purged(handout: Handout, now: datetime) -> None:
    Account.objects.filter(pk=handout.account_id).update(state=Account.State.PURGED)


@pytest.mark.parametrize("end", [_expired, _withdrawn, _swept, _unsent, _stolen, _frozen, _purged])
def test_one_answer_for_every_link_that_opens_nothing(
    teacher: Account, now: datetime, end: Callable[[Handout, datetime], None]
) -> None:
    handout, link = leave(teacher, OCTETS, now)
    end(handout, now)
    nothing = _page("/fichiers/?lien=jamais")
    assert nothing[0] == 404
    assert "demandez à l’expéditeur" in nothing[1]
    assert _page(link) == nothing
    assert _page(link.replace("?", "octets/?")) == nothing
    assert _page("/fichiers/") == nothing


def _page(link: str) -> tuple[int, str]:
    """Without the word against forgery, which is another one each time."""
    answer = Client().get(link)
    return answer.status_code, re.sub(r"\b[A-Za-z0-9]{64}\b", "", answer.content.decode())


def test_only_a_hash_of_the_link_is_kept(teacher: Account, now: datetime) -> None:
    handout, link = leave(teacher, OCTETS, now)
    token = link.partition("lien=")[2]
    assert len(token) >= 43
    assert token not in str(vars(handout))
    assert handout.token_hash == message_links.hash_of(token)


def test_it_works_to_the_end_of_its_last_day(teacher: Account, now: datetime) -> None:
    handout, _link = leave(teacher, OCTETS, now)
    assert handout.expires_at is not None
    assert timedelta(academy().links.days) <= handout.expires_at - now <= timedelta(academy().links.days + 1, hours=2)
    assert message_links.day_of(handout.expires_at) == message_links.last_day(now)


def test_damaged_it_breaks_off_and_says_nothing_false(teacher: Account, now: datetime) -> None:
    handout, link = leave(teacher, OCTETS, now)
    handout.path.write_bytes(handout.path.read_bytes()[:-1] + b"?")
    with pytest.raises(Exception, match="chunk 1"):
        octets(link)
    count(now)
    handout.refresh_from_db()
    assert handout.downloads == 0


@pytest.mark.parametrize("left", [None, 0, -1])
def test_cut_or_gone_from_the_disk_it_is_not_there(
    teacher: Account, now: datetime, caplog: pytest.LogCaptureFixture, left: int | None
) -> None:
    handout, link = leave(teacher, OCTETS, now)
    if left is None:
        handout.path.unlink()
    else:
        handout.path.write_bytes(handout.path.read_bytes()[:left])
    assert _page(link) == _page(link.replace("?", "octets/?")) == _page("/fichiers/?lien=jamais")
    assert octets(link)[0] == 404
    handout.refresh_from_db()
    assert handout.downloads == 0
    assert handout.key in caplog.text


def test_one_that_is_gone_from_the_disk_does_not_leave(teacher: Account, now: datetime) -> None:
    handout = come(teacher, OCTETS)
    handout.path.write_bytes(b"")
    with pytest.raises(message_links.StillUploadingError):
        message_links.new_links(teacher.key, LETTER)
    again = come(teacher, OCTETS)  # chosen again
    assert again.pk == handout.pk
    assert message_links.new_links(teacher.key, LETTER)
    assert b"".join(chunked_upload.read_range(again, 0, len(OCTETS))) == OCTETS


def test_only_its_head_is_asked_for(teacher: Account, now: datetime) -> None:
    _handout, link = leave(teacher, OCTETS, now)
    answer = from_files(ask(link, method="HEAD"), "HEAD")
    assert list(answer.octets) == []  # no server reads gigabytes to throw them away
    assert answer.headers["Content-Length"] == str(len(OCTETS))
    part = from_files(ask(link, method="HEAD"), "HEAD", range="bytes=5-9")
    assert (part.status, part.headers["Content-Length"]) == (206, "5")


def test_a_draft_s_file_has_no_link(teacher: Account, now: datetime) -> None:
    come(teacher, OCTETS)
    chunked_upload.begin_upload(teacher, "b" * 32, "autre", 5, "", now)
    with pytest.raises(message_links.StillUploadingError, match="autre"):
        message_links.new_links(teacher.key, "b" * 32)
    [link] = message_links.new_links(teacher.key, LETTER)
    assert _page(link.url)[0] == 404  # before it is sent


SECRET = "des tilleuls"


def _locked(teacher: Account, now: datetime) -> tuple[Handout, str]:
    handout, link = leave(teacher, OCTETS, now)
    link_password.protect_link(handout, link_password.hash_password(SECRET))
    return handout, link


def _open(browser: Client, link: str, secret: str) -> int:
    """As a browser does that tells nobody where it comes from."""
    form = {"lien": link.partition("lien=")[2], "secret": secret}
    return browser.post("/fichiers/ouverture/", form, headers={"origin": "null"}).status_code


def test_behind_a_password_neither_its_name_nor_an_octet_is_seen(teacher: Account, now: datetime) -> None:
    handout, link = _locked(teacher, now)
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(link).content.decode()
    assert "récit.pdf" not in page
    assert teacher.display_name in page
    assert octets(link)[0] == 403
    assert _open(browser, link, "des platanes") == 422
    assert "récit.pdf" not in browser.get(link).content.decode()
    assert _open(browser, link, f" {SECRET} ") == 302
    kept = browser.cookies["__Host-fichier"]
    assert (kept["max-age"], kept["expires"]) == ("", "")  # gone with the window of a computer that others use
    assert "récit.pdf" in browser.get(link).content.decode()
    assert from_files(ask(link, browser)).content == OCTETS
    assert octets(link)[0] == 403  # any other browser
    link_password.protect_link(handout, link_password.hash_password("un autre mot"))
    assert browser.get(link.replace("?", "octets/?")).status_code == 403


def test_one_password_opens_no_other_file(teacher: Account, now: datetime) -> None:
    _first, link = _locked(teacher, now)
    other, another = leave(teacher, OCTETS, now, letter="b" * 32)
    link_password.protect_link(other, link_password.hash_password("un autre mot"))
    browser = Client()
    assert _open(browser, link, SECRET) == 302
    assert browser.get(another.replace("?", "octets/?")).status_code == 403


def test_after_ten_wrong_passwords_the_right_one_waits_an_hour(teacher: Account, now: datetime) -> None:
    handout, link = _locked(teacher, now)
    assert {_open(Client(), link, f"faux {number}") for number in range(link_password.TRIES)} == {422}
    assert _open(Client(), link, SECRET) == 429
    assert link_password.check_password(handout, SECRET, now + timedelta(hours=2))


def test_with_the_right_one_it_is_not_opened_without_end(
    teacher: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    handout, link = _locked(teacher, now)
    monkeypatch.setattr(link_password, "MOST_OPENINGS", 3)
    assert [_open(Client(), link, SECRET) for _time in range(4)] == [302, 302, 302, 429]
    assert link_password.check_password(handout, SECRET, now + timedelta(hours=2))


def test_the_way_in_says_nothing_of_a_link_that_opens_nothing(db: None) -> None:
    assert _open(Client(), "/fichiers/?lien=jamais", SECRET) == 404
