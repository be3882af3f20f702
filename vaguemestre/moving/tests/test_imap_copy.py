"""A real mailbox of a real Dovecot brought by mbsync; servers that refuse, lie or stand inside; the password's way."""

import contextlib
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, TestCase
from django.utils import timezone

from vaguemestre.accounts import secret_sealing
from vaguemestre.accounts.secret_sealing import Purpose
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.moving import connection, imap_copy, import_jobs, import_run, mbsync, remote_mailbox
from vaguemestre.moving.connection import open_mailbox_of
from vaguemestre.moving.models import Bookmark, Intake, Remote
from vaguemestre.moving.remote_folders import folders_of
from vaguemestre.moving.remote_mailbox import RemoteMailboxError
from vaguemestre.moving.testing.bringing import bring, folders, raw, subjects, sums
from vaguemestre.testing import PASSWORD, MailAccount, append, data_folder, imap_connection, make_mail_account

pytestmark = pytest.mark.usefixtures("daemons")
State = Intake.State


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stranger's server is ours, at its real door: the only address inside that may then be spoken to."""
    monkeypatch.setitem(settings.OUTSIDE, "permitted", "127.0.0.1")
    monkeypatch.setattr(remote_mailbox, "_HOST", re.compile(r"[a-z0-9.-]+"))  # "localhost", which its certificate names
    looked = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: looked("127.0.0.1", *asked[1:], **more))


@pytest.fixture
def there(mail_account: MailAccount, near: None) -> Iterator[MailAccount]:
    """Somebody's former mailbox, with folders of every kind."""
    other = make_mail_account("Nadia", "Benhamou")
    connection_there = imap_connection(other)
    connection_there.create('"Classe/Sixi&AOg-me B"')
    connection_there.create('"Avec ""guillemets"""'.replace('""', '\\"'))
    connection_there.logout()
    append(other, raw(1), "INBOX", "(\\Seen \\Flagged)")
    append(other, raw(2), "INBOX")
    append(other, raw(3), '"Classe/Sixi&AOg-me B"')
    append(other, raw(4), "Sent", "(\\Seen)")
    append(other, raw(5), "Trash")
    yield other
    for key in Intake.objects.values_list("key", flat=True):
        imap_copy.end_copy(key)
        import_jobs.delete_files(key)


def try_out(account: MailAccount, there: MailAccount, password: str = PASSWORD) -> Intake:
    host, port = settings.MAIL["imaps"]
    return imap_copy.try_server(account.account, host, port, there.address, password, now=timezone.now())


def begun(account: MailAccount, there: MailAccount, *, whole: bool = False) -> Intake:
    intake = try_out(account, there)
    inbox = str(folders(account)["INBOX"].id)
    assert imap_copy.begin_copy(intake, inbox=inbox, now=timezone.now(), whole=whole)
    intake.refresh_from_db()
    return intake


def test_tried_copied_and_put_in_its_place(mail_account: MailAccount, there: MailAccount) -> None:
    intake = try_out(mail_account, there)
    found = {one.name: (one.role, one.total) for one in folders_of(intake.remote)}
    assert found["INBOX"] == ("inbox", 2)
    assert found["Classe/Sixième B"] == ("", 1)
    assert found["Trash"] == ("trash", 1)
    assert 'Avec "guillemets"' not in found  # no line of mbsync's file can hold it without a doubt
    assert intake.remote.total == 4
    assert PASSWORD not in intake.remote.sealed
    assert secret_sealing.unseal(intake.remote.sealed, Purpose.ELSEWHERE).decode() == PASSWORD
    assert imap_copy.begin_copy(intake, inbox=str(folders(mail_account)["INBOX"].id), now=timezone.now())
    bring(intake, seconds=1)
    assert (intake.state, sums(intake)) == (State.DONE, (4, 0, 0, 0))
    assert subjects(mail_account, "INBOX") == ["n1", "n2"]
    assert subjects(mail_account, "Classe/Sixième B") == ["n3"]
    assert subjects(mail_account, "Sent") == ["n4"]
    assert subjects(mail_account, "Trash") == []
    connection_here = imap_connection(mail_account)
    connection_here.select("INBOX", readonly=True)
    flags = connection_here.fetch("1:2", "(FLAGS)")[1]
    connection_here.logout()
    assert sum(b"\\Flagged" in line for line in flags if isinstance(line, bytes)) == 1
    assert Remote.objects.get().sealed == ""
    assert not import_jobs.folder_of(intake.key).exists()
    assert not any(PASSWORD in str(entry.details) for entry in Entry.objects.all())


def test_again_reads_only_what_is_new(mail_account: MailAccount, there: MailAccount) -> None:
    bring(begun(mail_account, there), seconds=1)
    append(there, raw(6))
    with open_mailbox_of(mail_account.key) as session:
        session.empty(MailboxId(str(folders(mail_account)["Sent"].id)))  # deleted here: it is not wanted back
    trial = try_out(mail_account, there)
    assert trial.remote.total == 1
    again = bring(begun(mail_account, there), seconds=1)
    assert (again.state, sums(again), again.remote.copied) == (State.DONE, (1, 0, 0, 0), 1)
    assert subjects(mail_account, "INBOX") == ["n1", "n2", "n6"]
    assert subjects(mail_account, "Sent") == []


def test_everything_again_when_it_is_asked_for(mail_account: MailAccount, there: MailAccount) -> None:
    bring(begun(mail_account, there), seconds=1)
    with open_mailbox_of(mail_account.key) as session:
        session.empty(MailboxId(str(folders(mail_account)["Sent"].id)))
    again = bring(begun(mail_account, there, whole=True), seconds=1)
    assert (sums(again), again.remote.total) == ((1, 3, 0, 0), 4)
    assert subjects(mail_account, "Sent") == ["n4"]


def test_what_was_taken_back_may_come_again(mail_account: MailAccount, there: MailAccount) -> None:
    first = bring(begun(mail_account, there), seconds=1)
    assert Bookmark.objects.exists()
    assert import_jobs.undo_import(first, now=timezone.now())
    bring(first)
    assert not Bookmark.objects.exists()
    assert sums(bring(begun(mail_account, there), seconds=1)) == (4, 0, 0, 0)


def test_a_folder_made_anew_over_there_is_read_whole(mail_account: MailAccount, there: MailAccount) -> None:
    """Its numbers begin again at one: the bookmark is of another folder of that name, before the trial or after it."""
    bring(begun(mail_account, there), seconds=1)
    made_anew(there)
    assert sums(bring(begun(mail_account, there), seconds=1)) == (1, 0, 0, 0)
    intake = begun(mail_account, there)
    made_anew(there)
    bring(intake, seconds=1)
    assert (intake.state, sums(intake)) == (State.DONE, (0, 4, 0, 0))
    assert subjects(mail_account, "Classe/Sixième B") == ["n3", "n7"]


def made_anew(there: MailAccount) -> None:
    connection_there = imap_connection(there)
    connection_there.delete('"Classe/Sixi&AOg-me B"')
    connection_there.create('"Classe/Sixi&AOg-me B"')
    connection_there.logout()
    append(there, raw(7), '"Classe/Sixi&AOg-me B"')


def test_a_bookmark_is_one_s_own_and_tells_nothing(mail_account: MailAccount, there: MailAccount) -> None:
    bring(begun(mail_account, there), seconds=1)
    written = str(list(Bookmark.objects.values()))
    assert there.address not in written
    assert settings.MAIL["imaps"][0] not in written
    other = make_mail_account("Ysé", "Autre")
    assert try_out(other, there).remote.total == 4
    import_run.look_after("", timezone.now() + import_jobs.KEPT_IN_THE_LIST + timedelta(days=1))
    assert not Bookmark.objects.exists()


def test_killed_and_taken_up_again(mail_account: MailAccount, there: MailAccount) -> None:
    """The tasks process dies while mbsync copies: the next one continues, each message once."""
    for number in range(10, 60):
        append(there, raw(number), "INBOX")
    intake = begun(mail_account, there)
    import_run.go_on(now=timezone.now(), seconds=0)
    imap_copy.end_copy(intake.key)
    assert not imap_copy._runs
    bring(intake, seconds=1)
    assert (intake.state, sums(intake)) == (State.DONE, (54, 0, 0, 0))


def test_nothing_that_is_secret_is_written_or_shown(mail_account: MailAccount, there: MailAccount) -> None:
    intake = begun(mail_account, there)
    import_run.go_on(now=timezone.now(), seconds=0)
    root = import_jobs.folder_of(intake.key)
    written = b"".join(file.read_bytes() for file in root.glob("mbsync*"))
    assert b"localhost" in written or settings.MAIL["imaps"][0].encode() in written
    assert PASSWORD.encode() not in written
    assert there.address.encode() not in written
    run = imap_copy._runs[intake.key]
    lines = _lines()
    while (
        b"mbsync" not in lines and run.process.poll() is None
    ):  # a program that becomes another shows nothing meanwhile
        lines = _lines()
    assert PASSWORD.encode() not in lines
    with TestCase.captureOnCommitCallbacks(execute=True):
        import_jobs.stop_import(intake, now=timezone.now())
    assert Remote.objects.get().sealed == ""
    import_run.go_on(now=timezone.now(), seconds=0)
    assert not imap_copy._runs
    assert not root.exists()


def _lines() -> bytes:
    return b"".join(_line(entry) for entry in Path("/proc").glob("[0-9]*"))


def _line(process: Path) -> bytes:
    """Its command and its environment, as others may read them."""
    try:
        return (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    except OSError:
        return b""


def test_a_password_that_is_wrong(mail_account: MailAccount, there: MailAccount) -> None:
    with pytest.raises(RemoteMailboxError) as caught:
        try_out(mail_account, there, "faux")
    assert caught.value.reason == "login"
    assert not Intake.objects.exists()
    intake = begun(mail_account, there)
    Remote.objects.update(sealed=secret_sealing.seal(b"changed since", Purpose.ELSEWHERE))
    bring(intake, seconds=5)
    assert (intake.state, intake.failure) == (State.PAUSED, "r-login")


def test_a_certificate_that_nobody_vouches_for(
    mail_account: MailAccount, there: MailAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(settings.MAIL, "ca", None)
    with pytest.raises(RemoteMailboxError) as caught:
        try_out(mail_account, there)
    assert caught.value.reason == "tls"
    host, port = settings.MAIL["imaps"]
    run = mbsync.start(tmp_path, connection.server(host, port), [], "a", "b")
    run.end()
    run = mbsync.start(
        tmp_path,
        connection.server(host, port),
        [remote_mailbox.RemoteFolder("INBOX", "inbox", 1)],
        there.address,
        PASSWORD,
    )
    assert run.over(30)
    assert run.failure() == "tls"
    assert mbsync.copied(tmp_path) == (0, 0)


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [
        ("127.0.0.1", 993, "inside"), ("localhost", 993, "name"), ("[::1]", 993, "name"), ("a\nb.fr", 993, "name"),
        ("x" * 300 + ".fr", 993, "name"), ('a".fr', 993, "name"), ("", 993, "name"), ("imap.example.", 22, "inside"),
        ("imap.example", 993, "inside"), ("imap.example", 143, "inside"),
    ],
)  # fmt: skip
def test_what_stands_inside_is_never_spoken_to(
    mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch, host: str, port: int, reason: str
) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: answers)
    monkeypatch.setattr(socket, "create_connection", lambda *_asked, **_more: pytest.fail("spoken to"))
    with pytest.raises(RemoteMailboxError) as caught:
        imap_copy.try_server(mail_account.account, host, port, "a", "b", now=timezone.now())
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "words",
    [b"", b"220 smtp.example ESMTP\r\n", b"* OK\r\n" * 3, b"x" * 100_000, b"* BYE no\r\n", b"* OK {99999999}\r\n"],
)
def test_servers_that_are_none(near: None, words: bytes) -> None:
    """On the port of STARTTLS: what speaks before the encryption is judged too."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with contextlib.suppress(OSError), listening, listening.accept()[0] as link:
            link.sendall(words)
            if not words.endswith(b"\n"):
                return  # hangs up
            link.settimeout(5)
            while link.recv(1000):
                link.sendall(b"a1 OK begin\r\na2 OK [injected]\r\n")

    threading.Thread(target=answer, daemon=True).start()
    server = connection.server("localhost", listening.getsockname()[1])
    server = type("Plain", (remote_mailbox.Server,), {"starttls": True})(
        server.host, server.port, server.guard, server.ca
    )
    with pytest.raises(RemoteMailboxError) as caught:
        remote_mailbox.list_remote_folders(server, "a", "b")
    assert caught.value.reason in {"broken", "away", "refused", "tls"}


def test_one_larger_than_ours_may_be_is_not_read_to_its_end(
    mail_account: MailAccount, there: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_copy, "size_limit", lambda: 100)
    intake = bring(begun(mail_account, there), seconds=5)
    assert (intake.state, intake.failure) == (State.PAUSED, "r-large")
    assert not imap_copy._runs


def test_a_name_that_means_something_else_here(mail_account: MailAccount, there: MailAccount) -> None:
    connection_there = imap_connection(there)
    connection_there.create('"Plus tard"')
    connection_there.logout()
    append(there, raw(8), '"Plus tard"')
    bring(begun(mail_account, there), seconds=1)
    assert all(folder.total == 0 for name, folder in folders(mail_account).items() if name == "Plus tard")
    assert (
        sum(folder.total for name, folder in folders(mail_account).items() if name.startswith("Dossier importé")) == 1
    )


def test_trials_are_forgotten_with_their_password(mail_account: MailAccount, there: MailAccount) -> None:
    intake = try_out(mail_account, there)
    import_run.look_after("", timezone.now())
    assert Remote.objects.filter(intake=intake).exists()
    late = timezone.now() + imap_copy.TRIAL_LASTS + timedelta(seconds=1)
    assert imap_copy.begin_copy(intake, inbox="", now=late) is False
    import_run.look_after("", late)
    assert not Remote.objects.exists()
    assert not Intake.objects.exists()


def test_by_the_page(client: Client, mail_account: MailAccount, there: MailAccount) -> None:
    sign_in(client, mail_account.account)
    host, port = settings.MAIL["imaps"]
    form = {"serveur": host, "port": str(port), "identifiant": there.address, "passe": PASSWORD}
    wrong = client.post("/import/serveur/", {**form, "passe": "mot de passe faux"})
    assert wrong.status_code == 422
    assert "mot de passe faux" not in wrong.content.decode()
    assert there.address in wrong.content.decode()
    assert client.post("/import/serveur/", {**form, "passe": ""}).status_code == 422
    assert client.post("/import/serveur/", {**form, "identifiant": "a\x00b"}).status_code == 422
    assert client.post("/import/serveur/", form).status_code == 302
    page = client.get("/import/").content.decode()
    assert "Classe / Sixième B" in page
    assert PASSWORD not in page
    [intake] = Intake.objects.all()
    sign_in(client, there.account)
    assert client.post(f"/import/{intake.key}/depart/").status_code == 404
    sign_in(client, mail_account.account)
    assert client.post(f"/import/{intake.key}/depart/").status_code == 302
    import_run.go_on(now=timezone.now(), seconds=0)
    assert 'role="status"' in client.get("/import/").content.decode()
    bring(intake, seconds=1)
    assert intake.state == State.DONE
    client.post("/import/serveur/", form)
    trial = Intake.objects.get(state=State.TRIED)
    page = client.get("/import/").content.decode()
    assert "seul ce qui y est arrivé depuis est lu" in page
    assert 'name="tout"' in page
    client.post(f"/import/{trial.key}/arret/")
    assert not Intake.objects.filter(pk=trial.pk).exists()


def test_nobody_guesses_through_us(client: Client, mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(client, mail_account.account)
    monkeypatch.setattr("vaguemestre.moving.views.remote_mailbox.TRIALS", 2)
    form = {"serveur": "127.0.0.1", "port": "993", "identifiant": "a", "passe": "b"}
    assert [client.post("/import/serveur/", form).status_code for _trial in range(3)] == [422, 422, 429]


COPIER = """
import sys, time
from pathlib import Path
from vaguemestre.mailbox.sandbox.fetcher.address_guard import Guard
from vaguemestre.moving import mbsync, remote_mailbox
root = Path(sys.argv[1])
server = remote_mailbox.Server("127.0.0.1", int(sys.argv[2]), Guard((), "127.0.0.1"))
run = mbsync.start(root, server, [remote_mailbox.RemoteFolder("INBOX", "inbox", 1)], "a", "b")
(root / "new").write_text(str(run.process.pid))
(root / "new").rename(root / "pid")
time.sleep(60)
"""


def test_the_copier_dies_with_its_process(tmp_path: Path) -> None:
    """Nothing continues reading somebody's mailbox when the tasks process is gone."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        words = [sys.executable, "-c", COPIER, str(tmp_path), str(silent.getsockname()[1])]
        with subprocess.Popen(words, cwd=settings.BASE_DIR) as tasks:
            deadline = time.monotonic() + 30
            while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            copier = Path("/proc") / (tmp_path / "pid").read_text()
            assert _alive(copier)
            tasks.kill()
            tasks.wait()
        while _alive(copier) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _alive(copier)


def _alive(process: Path) -> bool:
    try:
        return ") Z" not in (process / "stat").read_text()
    except OSError:
        return False


def test_the_data_folder_is_there() -> None:
    assert (data_folder() / "moving").is_dir()
