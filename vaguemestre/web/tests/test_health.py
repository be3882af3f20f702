import os
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest
from django.conf import LazySettings
from django.test import Client

from vaguemestre.engine.testing import sleeping_auth
from vaguemestre.mailbox.sandbox.cleaner.framing import read_frame, write_frame
from vaguemestre.testing import data_folder
from vaguemestre.web import health_checks
from vaguemestre.webmail.testing.browser import cleaning


@contextmanager
def silent_port() -> Iterator[tuple[str, int]]:
    """A port that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield ("127.0.0.1", server.getsockname()[1])


def test_alive_asks_nothing_of_anybody(client: Client) -> None:
    response = client.get("/health/")  # no database fixture: a query would fail
    assert response.json() == {"alive": True}


def test_not_ready_says_which_part_to_this_machine_only(client: Client, db: None, settings: LazySettings) -> None:
    settings.MAIL = {**settings.MAIL, "imaps": ("127.0.0.1", 9), "cleaner": Path("/nowhere/cleaner.sock")}
    here = client.get("/ready/")
    assert here.status_code == 503
    assert here.json()["ready"] is False
    assert here.json()["parts"]["database"] == "ok"
    assert here.json()["parts"]["cleaner"] != "ok"
    assert client.get("/ready/", headers={"X-Forwarded-For": "192.0.2.7"}).json() == {"ready": False}


def test_the_cleaner_is_there_when_it_makes_something_harmless(settings: LazySettings, tmp_path: Path) -> None:
    """Not when its door is open: a process that can start no child still has that."""
    with cleaning() as path:
        settings.MAIL = {**settings.MAIL, "cleaner": path}
        assert health_checks.cleaner().answers is True
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf"))
        deaf.listen()
        Thread(target=lambda: deaf.accept()[0].close(), daemon=True).start()
        settings.MAIL = {**settings.MAIL, "cleaner": tmp_path / "deaf"}
        assert health_checks.cleaner() == health_checks.Check("cleaner", False, "away")


def test_a_cleaner_that_cleans_nothing_is_no_cleaner(settings: LazySettings, tmp_path: Path) -> None:
    """It answers in due form, and hands on what it was given."""

    def hand_on(listening: socket.socket) -> None:
        connection, _from = listening.accept()
        with connection, connection.makefile("rwb") as stream:
            _head, html = read_frame(stream, 10_000)
            write_frame(stream, b"{}", html)

    with socket.socket(socket.AF_UNIX) as idle:
        idle.bind(str(tmp_path / "idle"))
        idle.listen()
        Thread(target=hand_on, args=(idle,), daemon=True).start()
        settings.MAIL = {**settings.MAIL, "cleaner": tmp_path / "idle"}
        assert health_checks.cleaner() == health_checks.Check("cleaner", False, "unexpected answer")


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Path]:
    """The webmail's own way in, open: a sign-in begins there."""
    path = tmp_path / "imap-web"

    def begin_signins(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                with listening.accept()[0] as client, client.makefile("rwb") as stream:
                    stream.write(b"* OK ready\r\n")
                    stream.flush()
                    stream.readline()
                    stream.write(b"+ \r\n")

    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        Thread(target=begin_signins, args=(listening,), daemon=True).start()
        yield path
        listening.shutdown(socket.SHUT_RDWR)


def test_a_port_that_says_nothing_is_not_waited_for(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, door: Path
) -> None:
    monkeypatch.setattr(health_checks, "PATIENCE", 0.1)
    with silent_port() as address:
        settings.MAIL = {**settings.MAIL, "imaps": address, "ca": None, "mailboxes": door}
        assert health_checks.reading().answers is False


def test_a_certificate_of_another_is_refused(
    settings: LazySettings, certificate: tuple[Path, Path], door: Path
) -> None:
    chain, key = certificate
    with greeter(b"* OK ready\r\n", chain, key) as address:
        settings.MAIL = {**settings.MAIL, "imaps": address, "ca": chain, "mailboxes": door}
        assert health_checks.reading().answers is True
        settings.MAIL = {**settings.MAIL, "mailboxes": door.with_name("shut")}
        assert health_checks.reading().answers is False
        settings.MAIL = {**settings.MAIL, "mailboxes": door}
        settings.MAIL = {**settings.MAIL, "imaps": address, "ca": None}  # the system's authorities do not know it
        assert health_checks.reading().answers is False


def test_a_dovecot_where_nobody_can_sign_in_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """It accepts and greets all the same."""
    assert health_checks.reading().answers
    monkeypatch.setattr(health_checks, "PATIENCE", 0.5)
    with sleeping_auth(data_folder()):
        assert health_checks.reading() == health_checks.Check("reading", False, "TimeoutError")


def test_no_part_is_waited_for_longer_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    end = Event()

    def hang() -> health_checks.Check:
        end.wait()
        return health_checks.Check("sending", True)

    found = {"disk": health_checks.disk, "sending": hang}
    monkeypatch.setattr(health_checks, "PARTS", found)
    monkeypatch.setattr(health_checks, "LIMIT", 0.2)
    told = {check.part: check for check in health_checks.run_checks()}
    end.set()
    assert told["disk"].answers
    assert told["sending"] == health_checks.Check("sending", False, "no answer")


@contextmanager
def greeter(words: bytes, chain: Path, key: Path) -> Iterator[tuple[str, int]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(client, server_side=True) as secure:
                    secure.sendall(words)
            except OSError:
                client.close()

    Thread(target=serve, daemon=True).start()
    yield ("localhost", server.getsockname()[1])
    server.close()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Signed by itself, for localhost."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = tmp_path / "server.pem", tmp_path / "server.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, secret


def test_a_disk_that_has_become_read_only_is_said(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "disk"
    settings.DATA.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(settings.DATA)], check=False).returncode:
        pytest.skip("mounting a tmpfs needs root")
    try:
        for store in health_checks.STORES:
            (settings.DATA / store).mkdir()
        room = health_checks.disk()
        assert room.detail != health_checks.READ_ONLY
        subprocess.run(["mount", "-o", "remount,ro", str(settings.DATA)], check=True)
        assert health_checks.disk() == health_checks.Check("disk", False, health_checks.READ_ONLY)
        subprocess.run(["mount", "-o", "remount,rw", str(settings.DATA)], check=True)
        assert health_checks.disk() == room
        assert not list((settings.DATA / health_checks.OURS).iterdir())
    finally:
        subprocess.run(["umount", str(settings.DATA)], check=True)


def test_a_disk_that_says_writable_and_is_not_is_found_out(settings: LazySettings, faulty_disk: Path) -> None:
    """An ext4 after a fault (`emergency_ro`)."""
    settings.DATA = faulty_disk
    assert not os.statvfs(faulty_disk).f_flag & os.ST_RDONLY
    assert health_checks.disk() == health_checks.Check("disk", False, health_checks.READ_ONLY)


@pytest.fixture
def faulty_disk(tmp_path: Path) -> Iterator[Path]:
    place, image = tmp_path / "faulty", tmp_path / "image"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(256 * 1024**2)
    made = subprocess.run(["mkfs.ext4", "-q", str(image)], check=False)
    if made.returncode or subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=False).returncode:
        pytest.skip("no ext4 can be mounted here")
    for store in health_checks.STORES:
        (place / store).mkdir()
    aborted = subprocess.run(["mount", "-o", "remount,abort", str(place)], check=False).returncode
    try:
        if aborted or os.statvfs(place).f_flag & os.ST_RDONLY:
            pytest.skip("this kernel says that such a disk is read-only")
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)
