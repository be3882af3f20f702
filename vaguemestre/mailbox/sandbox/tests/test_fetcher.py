"""What is fetched for a mail: from whom, how much, how long, and what the other side learns."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_network

import pytest

from vaguemestre.mailbox.errors import FetchError
from vaguemestre.mailbox.sandbox.fetcher.address_guard import Guard
from vaguemestre.mailbox.sandbox.fetcher.http_request import (
    IMAGE_LIMIT,
    fetch_image,
    fetch_status,
    parse_target,
    post_form,
)
from vaguemestre.strangers import PNG, Answer, Trap, say, trapped

OPEN = Guard(permitted="127.0.0.1")

INSIDE = """
127.0.0.1 127.9.9.9 0.0.0.0 10.0.0.1 172.16.5.4 192.168.1.1 100.64.0.1 169.254.169.254 192.0.0.8 192.0.2.1
198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 192.88.99.1
:: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::7f00:1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1
2001:db8::1 2002:7f00:1::1 2002:a00:1::1 3fff::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1
2130706433 0x7f.1 inconnu
"""


@pytest.fixture
def trap() -> Iterator[Trap]:
    with trapped() as trap:
        yield trap


def refused(url: str, guard: Guard = OPEN, *, seconds: float = 8) -> str:
    with pytest.raises(FetchError) as error:
        fetch_image(url, guard, seconds=seconds)
    return error.value.reason


def moved(to: str) -> Answer:
    return lambda request: say(request, 302, headers={"Location": to})


@pytest.mark.parametrize("address", INSIDE.split())
def test_what_leads_inside_is_no_public_address(address: str) -> None:
    assert not Guard().is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "193.54.1.1", "2a01:e0a::1", "2606:4700::1111"])
def test_what_is_in_the_open_is(address: str) -> None:
    assert Guard().is_public(address)


def test_the_authority_s_own_public_network_is_refused_as_well() -> None:
    guard = Guard(refused=(ip_network("193.54.0.0/16"), ip_network("2a01:e0a::/32")))
    assert not guard.is_public("193.54.1.1")
    assert not guard.is_public("2a01:e0a::1")
    assert guard.is_public("193.55.1.1")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "[::1]", "[::ffff:127.0.0.1]", "localhost"],
)
def test_loopback_in_every_spelling(trap: Trap, host: str) -> None:
    assert refused(f"http://{host}:{trap.port}/", Guard()) == "inside"
    assert not trap.heard


type Names = Callable[..., list[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Every name stands for these addresses, one list after the other; the answer notes which were asked for."""

    def stand_for(*answers: list[str]) -> list[str]:
        asked: list[str] = []

        def answer(host: str, port: int, **_options: object) -> list[tuple[object, ...]]:
            found = answers[min(len(asked), len(answers) - 1)]
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        monkeypatch.setattr("vaguemestre.mailbox.sandbox.fetcher.address_guard.socket.getaddrinfo", answer)
        return asked

    return stand_for


@pytest.mark.parametrize("port", [22, 25, 6379, 8080])
def test_only_the_web_s_own_ports(names: Names, port: int) -> None:
    names(["8.8.8.8"])
    assert refused(f"http://public.example:{port}/", Guard()) == "inside"


def test_a_name_that_stands_for_two_machines_is_refused_for_one_of_them(names: Names) -> None:
    names(["8.8.8.8", "10.0.0.1"])
    assert refused("http://both.example/", Guard()) == "inside"


def test_a_name_that_changes_its_mind_is_asked_once(trap: Trap, names: Names) -> None:
    """DNS rebinding: the address that was judged is the address that is spoken to."""
    asked = names(["127.0.0.1"], ["10.0.0.1"])
    assert fetch_image(f"http://turns.example:{trap.port}/x.png", OPEN).content == PNG
    assert asked == ["turns.example"]
    assert trap.heard[0][1]["Host"] == f"turns.example:{trap.port}"


def test_a_server_of_names_that_does_not_answer_is_as_late(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def answer(*_asked: object, **_options: object) -> list[object]:
        released.wait(60)
        return []

    monkeypatch.setattr("vaguemestre.mailbox.sandbox.fetcher.address_guard.socket.getaddrinfo", answer)
    monkeypatch.setattr("vaguemestre.mailbox.sandbox.fetcher.address_guard._LOOKUPS", threading.BoundedSemaphore(1))
    assert refused("http://slow.example/", seconds=0.2) == "time"
    assert refused("http://one-too-many.example/", seconds=0.2) == "time"
    released.set()


def test_the_other_side_learns_nothing_of_the_reader(trap: Trap) -> None:
    image = fetch_image(f"{trap.url}/logo.png?id=42#ici", OPEN)
    assert (image.type, image.content) == ("image/png", PNG)  # whatever it was called
    [(line, headers, _form)] = trap.heard
    assert line == "GET /logo.png?id=42 HTTP/1.1"
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


def test_redirects_are_followed_and_judged_like_the_first(trap: Trap) -> None:
    trap.answers["/a"] = moved("/b?x=1")
    assert fetch_image(f"{trap.url}/a", OPEN).content == PNG
    for where in ("http://127.0.0.2/x", "http://169.254.169.254/latest/meta-data/", "http://[::1]/x"):
        trap.answers["/a"] = moved(where)
        assert refused(f"{trap.url}/a") == "inside"
    for where in ("file:///etc/passwd", "ftp://example.com/x", "gopher://127.0.0.1:25/", "http://a:b@8.8.8.8/"):
        trap.answers["/a"] = moved(where)
        assert refused(f"{trap.url}/a") == "address"
    trap.answers["/a"] = moved("/a")
    assert refused(f"{trap.url}/a") == "redirects"


@pytest.mark.parametrize(
    "content",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<?xml version='1.0'?><svg/>", b"<html>", b"", b"GIF", b"%PDF-1.4",
     b"RIFF0000WAVE", b"\x1f\x8b\x08"],
)  # fmt: skip
def test_only_pictures_come_through(trap: Trap, content: bytes) -> None:
    trap.answers["/x"] = lambda request: say(request, 200, content, {"Content-Type": "image/png"})
    assert refused(f"{trap.url}/x") == "kind"


def test_a_picture_that_would_fill_all_memory_stays_there(trap: Trap) -> None:
    trap.answers["/x"] = lambda request: say(request, 200, PNG[:16] + b"\0\0\xea\x60" * 2 + PNG[24:])
    assert refused(f"{trap.url}/x") == "points"


def test_too_much_is_cut_off(trap: Trap) -> None:
    def flood(request: BaseHTTPRequestHandler) -> None:
        with contextlib.suppress(OSError):
            say(request, 200, PNG + bytes(IMAGE_LIMIT))

    trap.answers["/x"] = flood
    assert refused(f"{trap.url}/x") == "size"


def test_a_drop_at_a_time_is_as_late_as_silence(trap: Trap) -> None:
    released = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        with contextlib.suppress(OSError):
            request.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not released.wait(0.02):
                request.wfile.write(b"X: y\r\n"[:1])

    trap.answers["/x"] = drip
    assert refused(f"{trap.url}/x", seconds=0.5) == "time"
    released.set()


def test_a_server_that_says_no_or_is_away(trap: Trap) -> None:
    trap.answers["/x"] = lambda request: say(request, 404, PNG)
    assert refused(f"{trap.url}/x") == "status"
    trap.answers["/x"] = lambda request: request.wfile.writelines([b"SSH-2.0-x\r\n"])
    assert refused(f"{trap.url}/x") == "away"
    assert refused("http://127.0.0.1:1/x") == "away"


@pytest.mark.parametrize(
    "url",
    ["", "x", "/x", "//x/y", "https://", "http:///x", "javascript:alert(1)", "file:///etc/passwd", "http://a@b.fr/",
     "http://a b/", "http://x.fr:99999/", "http://x\n.fr/", "http://x.fr/\r\nHost: y", "http://[::1",
     "http://x.fr/" + "a" * 2000],
)  # fmt: skip
def test_what_is_no_plain_web_address(url: str) -> None:
    with pytest.raises(FetchError) as error:
        parse_target(url)
    assert error.value.reason == "address"


def test_an_address_is_written_again_from_what_was_understood() -> None:
    assert parse_target("HTTPS://Élan.example:443/é à?q=ç#x") == parse_target(
        "https://xn--lan-9la.example/%C3%A9%20%C3%A0?q=%C3%A7"
    )
    assert parse_target("http://x.fr/a%20b").path == "/a%20b"
    assert parse_target("http://[2a01:e0a::1]:80/").authority == "[2a01:e0a::1]"


def test_a_form_is_pressed_without_following(trap: Trap) -> None:
    trap.answers["/sortie"] = moved("/ailleurs")
    assert post_form(f"{trap.url}/sortie", b"List-Unsubscribe=One-Click", OPEN) == 302
    [(line, headers, form)] = trap.heard
    assert line == "POST /sortie HTTP/1.1"
    assert form == b"List-Unsubscribe=One-Click"
    assert "Cookie" not in headers
    with pytest.raises(FetchError):
        post_form("http://10.0.0.1/", b"", OPEN)


@pytest.mark.parametrize("status", [200, 302, 404, 405, 503])
def test_a_knock_hears_what_is_answered_and_goes_nowhere(trap: Trap, status: int) -> None:
    trap.answers["/porte"] = lambda request: say(request, status, headers={"Location": f"{trap.url}/ailleurs"})
    assert fetch_status(f"{trap.url}/porte", OPEN) == status
    assert [line for line, _headers, _form in trap.heard] == ["HEAD /porte HTTP/1.1"]


def test_a_knock_is_judged_like_everything_else(trap: Trap) -> None:
    with pytest.raises(FetchError) as error:
        fetch_status(trap.url, Guard())
    assert error.value.reason == "inside"
    assert not trap.heard
