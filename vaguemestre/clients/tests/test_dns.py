"""What is printed is published in a real name server, and asked again; then things are put wrong, one by one."""

import io
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from vaguemestre.academy.facts import academy
from vaguemestre.clients.dns.records import Record, mail_host, records

ADDRESS = "192.0.2.25"


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


def free_port() -> int:
    """Free for both: what UDP gives may be taken by a connection of somebody else's test."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            with suppress(OSError):
                other.bind(("127.0.0.1", one.getsockname()[1]))
                return int(one.getsockname()[1])


def as_published(record: Record) -> str:
    """In the words of dnsmasq's own configuration."""
    words = record.value.split()
    match record.kind:
        case "MX":
            return f"mx-host={record.name},{words[1].rstrip('.')},{words[0]}"
        case "SRV":
            priority, weight, port, target = words
            return f"srv-host={record.name},{target.rstrip('.')},{port},{priority},{weight}"
        case "CNAME":
            return f"cname={record.name},{record.value.rstrip('.')}"
        case _text:
            pieces = ",".join(re.findall(r'"[^"]*"', record.line))
            return f"txt-record={record.name},{pieces}"


@contextmanager
def name_server(folder: Path, lines: list[str]) -> Iterator[str]:
    port = free_port()
    own = [
        f"port={port}", "listen-address=127.0.0.1", "bind-interfaces", "no-resolv", "no-hosts", "user=root",
        f"local=/{academy().domain}/", "local=/in-addr.arpa/", f"pid-file={folder / 'pid'}",
    ]  # fmt: skip
    (folder / "conf").write_text("\n".join([*own, *lines]) + "\n")
    command = ["dnsmasq", "--keep-in-foreground", f"--conf-file={folder / 'conf'}", "--log-facility=-"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            _until_it_listens(server, port)
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()


def _until_it_listens(server: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert server.poll() is None, server.communicate()[1]
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("dnsmasq does not answer")


def zone() -> list[str]:
    return [f"host-record={mail_host()},{ADDRESS}", *map(as_published, records())]


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
