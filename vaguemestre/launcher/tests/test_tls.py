"""What each public port takes of TLS, asked as a scanner asks: offered everything, what is chosen, then the rest."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vaguemestre.engine.tls_policy import CIPHERS
from vaguemestre.instance import Instance, read_instance
from vaguemestre.launcher.testing.nginx import serving

# With what no library offers any more by itself: anonymous, without encryption, of 1999.
EVERYTHING = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"

type Dial = Callable[[ssl.SSLContext], ssl.SSLSocket]


def scanner(ciphers: str, first: ssl.TLSVersion, last: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(ciphers)
    context.minimum_version, context.maximum_version = first, last
    return context


def chosen(dial: Dial, context: ssl.SSLContext) -> tuple[str, str] | None:
    """Cipher and version; None when they do not come to terms."""
    try:
        with dial(context) as connection:
            name, version, _bits = connection.cipher() or ("", "", 0)
            return name, version
    except (ssl.SSLError, OSError):
        return None


def taken(dial: Dial) -> Iterator[str]:
    """The ciphers of TLS 1.2."""
    without = ""
    while found := chosen(dial, scanner(EVERYTHING + without, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)):
        yield found[0]
        without += f":!{found[0]}"


def direct(port: int) -> Dial:
    return lambda context: context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=20))


def by_starttls(port: int) -> Dial:
    def dial(context: ssl.SSLContext) -> ssl.SSLSocket:
        connection = smtplib.SMTP("127.0.0.1", port, timeout=20)
        connection.starttls(context=context)
        assert isinstance(connection.sock, ssl.SSLSocket)
        return connection.sock

    return dial


def require_level(dial: Dial) -> None:
    """The six ciphers with EC and RSA prove that both certificates are there."""
    assert set(taken(dial)) == set(CIPHERS)
    newest = chosen(dial, scanner("DEFAULT", ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.MAXIMUM_SUPPORTED))
    assert newest is not None
    assert newest[0].startswith("TLS_")  # of TLS 1.3
    assert chosen(dial, scanner(EVERYTHING, ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)) is None


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("port", ["smtp", "smtps", "imaps"])
def test_the_mail_ports_take_our_level_and_nothing_else(daemons: None, port: str) -> None:
    number = getattr(read_instance().ports, port)
    require_level(by_starttls(number) if port == "smtp" else direct(number))


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_so_does_the_web(open_folder: Path, instance: Instance) -> None:
    with serving(open_folder, instance):
        require_level(direct(instance.ports.web))


def test_who_has_no_tls_brings_mail_in_clear(daemons: None) -> None:
    with smtplib.SMTP("127.0.0.1", read_instance().ports.smtp, timeout=20) as connection:
        connection.ehlo()
        assert connection.docmd("MAIL", "FROM:<anne@librairie.example>")[0] == 250
