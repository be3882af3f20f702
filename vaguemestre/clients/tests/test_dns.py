"""What is printed is published in a real name server, and asked again; then things are put wrong, one by one."""

import io
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from vaguemestre.academy.facts import academy
from vaguemestre.clients.dns.checking import Resolver, State, led_to_https, served
from vaguemestre.clients.dns.plain_http import redirect_at
from vaguemestre.clients.dns.policy import PolicyError, fetched
from vaguemestre.clients.dns.records import mail_host, records
from vaguemestre.clients.testing.name_server import ADDRESS, as_published, free_port, name_server, zone
from vaguemestre.engine import mta_sts
from vaguemestre.testing import data_folder, tls_context


def printed(*options: str) -> str:
    said = io.StringIO()
    call_command("dns", *options, stdout=said)
    return said.getvalue()


def checked(*options: str) -> tuple[int, dict[tuple[str, str], str]]:
    """How it ended, and the state of each record."""
    said, ended = io.StringIO(), 0
    try:
        call_command("dns", "--check", *options, stdout=said)
    except SystemExit as over:
        ended = int(str(over.code))
    rows = re.findall(r"^(\S+) +([A-Z]+) +(juste|absent|différent|sans réponse)", said.getvalue(), re.MULTILINE)
    return ended, {(name, kind): state for name, kind, state in rows}


def test_what_is_printed_and_published_is_right(tmp_path: Path) -> None:
    with name_server(tmp_path, zone()) as resolver:
        _ended, states = checked("--resolver", resolver)
    of_dns = {key: state for key, state in states.items() if key[1] != "TLS"}
    assert set(of_dns.values()) == {"juste"}, of_dns
    assert {kind for _name, kind in of_dns} == {"A", "PTR", "MX", "TXT", "SRV", "CNAME"}
    assert len(of_dns) == len(records()) + 2
    # The test's own certificate is for `localhost`, and for the names that programs ask at.
    assert states[mail_host(), "TLS"] == "absent"
    assert states[f"autoconfig.{academy().domain}", "TLS"] == "juste"


def test_nothing_published_is_all_missing(tmp_path: Path) -> None:
    with name_server(tmp_path, []) as resolver:
        ended, states = checked("--resolver", resolver)
    assert ended == 1
    assert {state for (_name, kind), state in states.items() if kind != "TLS"} == {"absent"}


WRONG = {
    "MX": (f"mx-host={academy().domain},elsewhere.example,5", "différent"),
    "SPF": (f'txt-record={academy().domain},"v=spf1 include:elsewhere.example ~all"', "différent"),
    "SPF open": (f'txt-record={academy().domain},"v=spf1 mx +all"', "différent"),
    "SPF with more": (f'txt-record={academy().domain},"v=spf1 mx ip4:192.0.2.0/24 -all"', "juste"),
    "DMARC": (f'txt-record=_dmarc.{academy().domain},"v=DMARC1; p=maybe"', "différent"),
    "DMARC strict": (f'txt-record=_dmarc.{academy().domain},"v=DMARC1; p=reject"', "juste"),
    "DKIM": (f'txt-record=vaguemestre1._domainkey.{academy().domain},"v=DKIM1; k=rsa; p=AAAA"', "différent"),
    "MTA-STS": (f'txt-record=_mta-sts.{academy().domain},"v=STSv1; id=20240101"', "différent"),
    "TLS-RPT": (f'txt-record=_smtp._tls.{academy().domain},"v=TLSRPTv1; rua=postmaster"', "différent"),
    "TLS-RPT elsewhere": (
        f'txt-record=_smtp._tls.{academy().domain},"v=TLSRPTv1; rua=mailto:a@b.example,https://b.example/x"',
        "juste",
    ),
    "MTA-STS host": (f"host-record=mta-sts.{academy().domain},192.0.2.99", "différent"),
    "SRV": (f"srv-host=_imaps._tcp.{academy().domain},{mail_host()},143,0,1", "différent"),
    "alias": (f"host-record=autoconfig.{academy().domain},192.0.2.99", "différent"),
    "address": (f"host-record=autodiscover.{academy().domain},{ADDRESS}", "juste"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_differs_is_said(tmp_path: Path, case: str) -> None:
    instead, expected = WRONG[case]
    name = instead.partition("=")[2].split(",")[0]
    kind = {"mx-host": "MX", "txt-record": "TXT", "srv-host": "SRV", "host-record": "CNAME"}[instead.partition("=")[0]]
    kept = [as_published(record) for record in records() if (record.name, record.kind) != (name, kind)]
    with name_server(tmp_path, [f"host-record={mail_host()},{ADDRESS}", *kept, instead]) as resolver:
        _ended, states = checked("--resolver", resolver)
    assert states[name, kind] == expected


def test_two_spf_records_are_one_too_many(tmp_path: Path) -> None:
    with name_server(tmp_path, [*zone(), f'txt-record={academy().domain},"v=spf1 -all"']) as resolver:
        assert checked("--resolver", resolver)[1][academy().domain, "TXT"] == "différent"


def test_other_texts_of_the_domain_are_nobody_s_business(tmp_path: Path) -> None:
    with name_server(tmp_path, [*zone(), f'txt-record={academy().domain},"google-site-verification=x"']) as resolver:
        assert checked("--resolver", resolver)[1][academy().domain, "TXT"] == "juste"


def test_two_policies_are_none(tmp_path: Path) -> None:
    name = f"_mta-sts.{academy().domain}"
    with name_server(tmp_path, [*zone(), f'txt-record={name},"v=STSv1; id=1"']) as resolver:
        assert checked("--resolver", resolver)[1][name, "TXT"] == "différent"


def test_nobody_is_asked_for_reports_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = academy().mail.model_copy(update={"tls_reports_to": "", "mta_sts": "enforce"})
    before = [record.value for record in records() if record.name.startswith("_mta-sts.")]
    monkeypatch.setattr("vaguemestre.clients.dns.records.academy", lambda: academy().model_copy(update={"mail": mail}))
    monkeypatch.setattr("vaguemestre.engine.mta_sts.academy", lambda: academy().model_copy(update={"mail": mail}))
    assert not any(record.name.startswith("_smtp._tls.") for record in records())
    assert [record.value for record in records() if record.name.startswith("_mta-sts.")] != before
    assert "mode: enforce" in mta_sts.policy(mail_host())


@contextmanager
def policy_server(answer: bytes) -> Iterator[int]:
    """With the certificate of this installation, which bears the name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(data_folder() / "tls" / "server.pem", data_folder() / "tls" / "server.key")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def once() -> None:
            with suppress(OSError), context.wrap_socket(listening.accept()[0], server_side=True) as connection:
                connection.recv(4096)
                connection.sendall(answer)

        answering = threading.Thread(target=once, daemon=True)
        answering.start()
        yield listening.getsockname()[1]
    answering.join(timeout=10)


def an_answer(text: str, status: str = "200 OK", kind: str = "text/plain") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


POLICY = mta_sts.policy(mail_host())
SERVED = [
    (an_answer(POLICY), State.RIGHT), (an_answer(POLICY.replace("\r\n", "\n") + "mx: backup.example\n"), State.RIGHT),
    (an_answer(POLICY.replace(mail_host(), "elsewhere.example")), State.DIFFERENT),
    (an_answer(POLICY, "301 Moved"), State.REFUSED), (an_answer(POLICY, kind="text/html"), State.REFUSED),
    (b"nonsense\r\n\r\n", State.REFUSED),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "state"), SERVED)
def test_the_policy_is_read_as_other_servers_read_it(
    tmp_path: Path, daemons: None, answer: bytes, state: State
) -> None:
    with name_server(tmp_path, zone()) as at, policy_server(answer) as port:
        found = served(Resolver(at), lambda _addresses: fetched(["127.0.0.1"], port=port, trust=tls_context()))
    assert found.state is state


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("HTTP/1.1 308 X\r\nLocation: https://%s/\r\n\r\n", State.RIGHT),
        ("HTTP/1.1 308 X\r\nLocation: https://elsewhere.example/\r\n\r\n", State.DIFFERENT),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", State.DIFFERENT),
        ("", State.REFUSED),
    ],
)
def test_port_80_is_asked_at_the_address_of_each_name(tmp_path: Path, answer: str, state: State) -> None:
    name = mail_host()
    with socket.create_server(("127.0.0.1", 0)) as listening, name_server(tmp_path, zone()) as at:

        def once() -> None:
            with listening.accept()[0] as connection:
                asked.append(connection.recv(4096).decode())
                connection.sendall((answer % name if "%" in answer else answer).encode())

        asked: list[str] = []
        answering = threading.Thread(target=once, daemon=True)
        answering.start()
        port = listening.getsockname()[1]
        found = led_to_https(Resolver(at), name, lambda _address, host: redirect_at("127.0.0.1", host, port=port))
        answering.join(timeout=10)
    assert found.state is state
    assert f"Host: {name}\r\n" in asked[0]


def test_a_certificate_of_nobody_we_trust_is_no_policy(daemons: None) -> None:
    with policy_server(an_answer(POLICY)) as port, pytest.raises(PolicyError, match="certificate"):
        fetched(["127.0.0.1"], port=port)


def test_no_resolver_is_said_at_once() -> None:
    with pytest.raises(CommandError, match="résolveur"):
        call_command("dns", "--check", "--resolver", f"127.0.0.1:{free_port()}")
    for wrong in ("nowhere:53", "127.0.0.1:x", "::::"):
        with pytest.raises(CommandError, match="adresse"):
            call_command("dns", "--check", "--resolver", wrong)


def test_the_lines_are_those_of_a_zone_file() -> None:
    lines = [line for line in printed().splitlines() if not line.startswith(";")]
    assert len(lines) == len(records())
    assert f"{academy().domain}. 3600 IN MX 10 {mail_host()}." in lines
    assert f"_imaps._tcp.{academy().domain}. 3600 IN SRV 0 1 {settings.MAIL['imaps'][1]} {mail_host()}." in lines
    [dkim] = [line for line in lines if "_domainkey" in line]
    assert all(len(piece) <= 255 for piece in re.findall(r'"([^"]*)"', dkim))
    assert "".join(re.findall(r'"([^"]*)"', dkim)).startswith("v=DKIM1; k=rsa; p=MI")
