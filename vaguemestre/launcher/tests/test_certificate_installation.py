"""A renewal under people who are connected: by real daemons, in the folder of the test run."""

import datetime
import imaplib
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from vaguemestre.engine.testing import Neighbour
from vaguemestre.instance import Instance, read_instance
from vaguemestre.launcher.certificates import command, installation
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.nginx import configuration as nginx
from vaguemestre.launcher.testing.certificates import DAY, TestAuthority, goes_on
from vaguemestre.launcher.testing.nginx import serving
from vaguemestre.launcher.tls import authority
from vaguemestre.mailbox.imap.wire.connection import tls_context
from vaguemestre.testing import MailAccount, data_folder, deliver, imap_connection, letter
from vaguemestre.web import health_checks
from vaguemestre.web.certificates import days_left, shown_certificate

DOORS = ("web", "imaps", "smtps")


@pytest.fixture
def signer() -> TestAuthority:
    return TestAuthority.made(datetime.datetime.now(datetime.UTC))


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def service(daemons: None) -> Iterator[Instance]:
    """Dovecot and Postfix of the test run, and an nginx beside them; afterwards all is as it was."""
    data, instance = data_folder(), read_instance()
    nginx.render(data, instance)
    with serving(data, instance):
        yield instance
        for file in (authority.installed_file(data), authority.former_file(data)):
            file.unlink(missing_ok=True)
        assert installation.put_in_place(data, instance, datetime.datetime.now(datetime.UTC)) == []


@pytest.fixture
def stream(neighbours: dict[str, Neighbour], service: Instance) -> Iterator[Callable[[], bytes]]:
    """An open page that hears of events by HTTP/2, as browsers do. Tells one, and returns what arrived."""
    told = threading.Event()

    def events(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        yield b"data: first\n\n"
        told.wait(60)
        yield b"data: second\n\n"

    url, ca = f"{service.origin}/evenements/", data_folder() / "tls" / "ca.pem"
    command_line = ["curl", "--silent", "--no-buffer", "--http2", "--max-time", "90", "--cacert", str(ca), url]
    with (
        neighbours["events"].serving(events),
        subprocess.Popen(command_line, stdout=subprocess.PIPE, bufsize=0) as page,
    ):
        assert page.stdout is not None
        assert page.stdout.readline() == b"data: first\n"
        assert page.stdout.readline() == b"\n"

        def tell() -> bytes:
            told.set()
            assert page.stdout is not None
            return page.stdout.readline()

        yield tell
        page.terminate()


def shown(instance: Instance) -> list[x509.Certificate]:
    return [shown_certificate(("127.0.0.1", getattr(instance.ports, door)), instance.host) for door in DOORS]


def installed(*files: tuple[Path, Path]) -> int:
    return command.install(data_folder(), read_instance(), files, datetime.datetime.now(datetime.UTC))


def hears_of_mail(connection: imaplib.IMAP4_SSL) -> bool:
    return any(line == b"* 1 EXISTS\r\n" for line in iter(connection.readline, b""))


def test_a_renewal_ends_nothing_and_whoever_comes_sees_it(
    signer: TestAuthority, rsa_key: rsa.RSAPrivateKey, service: Instance, stream: Callable[[], bytes],
    mail_account: MailAccount, tmp_path: Path,
) -> None:  # fmt: skip
    idle = imap_connection(mail_account)
    idle.select()
    idle.send(b"i1 IDLE\r\n")
    assert idle.readline().startswith(b"+")
    before, trusting = shown(service), tls_context(settings.MAIL["ca"])
    usual = signer.files(tmp_path, [service.host])

    assert installed(usual, signer.files(tmp_path, [service.host], "alt", key=rsa_key)) == 0

    (own,) = set(shown(service))
    assert own == x509.load_pem_x509_certificates(usual[0].read_bytes())[0]
    assert own not in before
    # The web believes the new ones without a restart.
    assert tls_context(settings.MAIL["ca"]) is not trusting
    assert health_checks.reading().answers
    assert health_checks.sending().answers
    imap_connection(mail_account).logout()
    deliver(letter(mail_account.address), mail_account.address)
    assert hears_of_mail(idle)
    assert goes_on(idle)
    assert stream() == b"data: second\n"
    # Who knows RSA alone finds the other one.
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    with socket.create_connection(("127.0.0.1", service.ports.imaps), 20) as plain, old.wrap_socket(plain) as secure:
        assert (secure.cipher() or ("",))[0] == "ECDHE-RSA-AES128-GCM-SHA256"


def test_what_is_kept_survives_a_start_and_the_one_before_comes_back(
    signer: TestAuthority, rsa_key: rsa.RSAPrivateKey, service: Instance, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    data, now = data_folder(), datetime.datetime.now(datetime.UTC)
    with pytest.raises(LauncherError, match="d’avant"):
        installation.keep_former(data)
    other = signer.files(tmp_path, [service.host], "alt", key=rsa_key)
    first, second = (signer.files(tmp_path, [service.host], name, days=days) for name, days in (("a", 5), ("b", 90)))
    assert installed(first, other) == 0
    assert days_left(now) == 5
    assert installed(second, other) == 0
    authority.ensure(data, service.host, service.tls, now=now)  # as each start does
    assert installation.other_doors(data, service) == []
    assert (days_left(now) or 0) >= 89
    installation.keep_former(data)
    assert installed() == 0
    assert {one.not_valid_after_utc for one in shown(service)} == {
        x509.load_pem_x509_certificates(first[0].read_bytes())[0].not_valid_after_utc
    }
    assert oct(authority.installed_file(data).stat().st_mode & 0o777) == "0o600"
    assert command.show(data, service, now) == 1
    assert "5 jours" in capsys.readouterr().out


def test_one_that_is_refused_changes_nothing(signer: TestAuthority, service: Instance, tmp_path: Path) -> None:
    before = shown(service)
    with pytest.raises(LauncherError, match="n’est pas pour"):
        installed(signer.files(tmp_path, ["autre.example"]))
    with pytest.raises(LauncherError, match="EC"):
        installed(signer.files(tmp_path, [service.host]), signer.files(tmp_path, [service.host], "alt"))
    assert shown(service) == before
    assert not authority.installed_file(data_folder()).exists()


def test_those_of_instance_toml_go_first_and_are_read_again(
    signer: TestAuthority, service: Instance, tmp_path: Path
) -> None:
    files = signer.files(tmp_path, [service.host])
    tls = service.tls.model_copy(update={"certificate": files[0], "key": files[1]})
    own = service.model_copy(update={"tls": tls})
    now = datetime.datetime.now(datetime.UTC)
    with pytest.raises(LauncherError, match=r"\[tls\]"):
        command.install(data_folder(), own, [files], now)
    assert command.install(data_folder(), own, [], now) == 0
    assert set(shown(service)) == {x509.load_pem_x509_certificates(files[0].read_bytes())[0]}
    signer.files(tmp_path, [service.host])  # renewed in its place
    assert command.install(data_folder(), own, [], now) == 0
    assert set(shown(service)) == {x509.load_pem_x509_certificates(files[0].read_bytes())[0]}


def test_the_local_authority_renews_its_own_without_a_restart(service: Instance) -> None:
    before, later = shown(service), datetime.datetime.now(datetime.UTC) + 370 * DAY
    assert command.install(data_folder(), service, [], later) == 0
    assert not set(shown(service)) & set(before)


def test_only_root_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LauncherError, match="root"):
        command.run(["show"])
