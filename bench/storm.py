"""The morning of the return: many people sign in while a colleague reads mail.

    python -m bench.storm DATA [--rate 20] [--seconds 15]

DATA is the folder of a running demo. Good sign-ins begin at a fixed rate, whether or not the earlier ones are answered,
each in a browser of its own; one colleague opens the list of messages meanwhile. Before it, one at a time: from the
button of the sign-in page to the landing page, beside a bare Argon2 verification of the same moment.
"""

import argparse
import http.client
import json
import re
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit

from argon2 import PasswordHasher

from vaguemestre.academy.facts import read_academy

TOKEN = re.compile(rb'csrfmiddlewaretoken" value="([^"]+)')
CHECKOUT = Path(__file__).resolve().parent.parent
FORM = "application/x-www-form-urlencoded"


@dataclass
class Measured:
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def add(self, began: float, status: int) -> None:
        self.seconds.append(time.monotonic() - began)
        self.statuses[status] += 1

    @property
    def median(self) -> float:
        return median(self.seconds)

    def row(self, title: str, during: float) -> str:
        ordered = sorted(self.seconds)
        worst = ordered[int(len(ordered) * 0.95)]
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return (
            f"| {title} | {len(ordered) / during:.0f} a second | {self.median * 1000:.0f} ms "
            f"| {worst * 1000:.0f} ms | {answers} |"
        )


class Browser:
    """One connection that keeps its cookies."""

    def __init__(self, endpoints: dict[str, Any]) -> None:
        self.origin = str(endpoints["web"])
        context = ssl.create_default_context(cafile=endpoints["ca"])
        self.connection = http.client.HTTPSConnection(urlsplit(self.origin).netloc, context=context, timeout=60)
        self.cookies: dict[str, str] = {}
        self.location = ""

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, said: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """`said`: more headers."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(said or {})}
        if form is not None:
            headers |= {"Content-Type": FORM, "Origin": self.origin, "Referer": self.origin + path}
        self.connection.request(method, path, urlencode(form) if form is not None else None, headers)
        response = self.connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        self.location = response.headers.get("Location", path)
        return response.status, response.read()

    def sign_in_form(self, identifier: str, password: str) -> dict[str, str]:
        _status, page = self.ask("GET", "/session/")
        found = TOKEN.search(page)
        assert found, "no sign-in form"
        return {"csrfmiddlewaretoken": found[1].decode(), "identifiant": identifier, "secret": password}

    def sign_in(self, identifier: str, password: str) -> int:
        status, _page = self.ask("POST", "/session/", self.sign_in_form(identifier, password))
        return status


def read_mail(browser: Browser, path: str, seconds: float) -> Measured:
    measured, end = Measured(), time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        status, _page = browser.ask("GET", path)
        measured.add(began, status)
        time.sleep(0.05)
    return measured


def storm(endpoints: dict[str, Any], rate: float, seconds: float) -> tuple[Measured, threading.Thread]:
    """Each sign-in is measured from the moment when it should have begun."""
    signing_in, people = Measured(), _people(endpoints)

    def one(due: float, account: dict[str, str]) -> None:
        browser = Browser(endpoints)
        status = browser.sign_in(account["identifier"], account["password"])
        signing_in.add(due, status)
        browser.connection.close()

    def all_of_them() -> None:
        begun, threads = time.monotonic(), []
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            time.sleep(max(0, due - time.monotonic()))
            threads.append(threading.Thread(target=one, args=(due, people[number % len(people)])))
            threads[-1].start()
        for thread in threads:
            thread.join()

    whole = threading.Thread(target=all_of_them)
    whole.start()
    return signing_in, whole


def one_by_one(endpoints: dict[str, Any], rounds: int) -> tuple[Measured, Measured]:
    """The bare verification under the authority's parameters, and a whole sign-in with the page it leads to."""
    argon2 = read_academy(CHECKOUT / "academy.toml").passwords.argon2
    hasher = PasswordHasher(time_cost=argon2.time_cost, memory_cost=argon2.memory_kib, parallelism=argon2.parallelism)
    encoded = hasher.hash("Un mot de passe")
    floor, whole, account = Measured(), Measured(), _people(endpoints)[0]
    for _ in range(rounds):
        began = time.monotonic()
        hasher.verify(encoded, "Un mot de passe")
        floor.add(began, 0)
        browser = Browser(endpoints)
        form = browser.sign_in_form(account["identifier"], account["password"])
        began = time.monotonic()
        status, _page = browser.ask("POST", "/session/", form)
        assert status == 302, "not signed in"
        status, _page = browser.ask("GET", browser.location)
        whole.add(began, status)
        browser.connection.close()
    return floor, whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    endpoints = json.loads((options.data / "endpoints.json").read_text())
    floor, landing = one_by_one(endpoints, options.rounds)
    path, reader = _at_the_list(endpoints)
    quiet = read_mail(reader, path, options.seconds)
    signing_in, whole = storm(endpoints, options.rate, options.seconds)
    busy = read_mail(reader, path, options.seconds)
    whole.join()
    print("| what | rate | median | 95 % | answers |\n|---|---|---|---|---|")
    print(quiet.row("list, nobody else", options.seconds))
    print(busy.row(f"list, {options.rate:g} sign-ins a second", options.seconds))
    print(signing_in.row("sign-ins", options.seconds))
    above = (landing.median - floor.median) * 1000
    print(f"\nOne Argon2 verification: {floor.median * 1000:.1f} ms. From the button to the landing page: ", end="")
    print(f"{landing.median * 1000:.1f} ms, ", end="")
    print(f"{above:.1f} ms above it (medians of {options.rounds} rounds).")


def _people(endpoints: dict[str, Any]) -> list[dict[str, str]]:
    shut = {"newcomer", "otp-holder", "help-desk", "administrator"}
    return [account for account in endpoints["accounts"] if account["role"] not in shut]


def _at_the_list(endpoints: dict[str, Any]) -> tuple[str, Browser]:
    teacher, reader = _people(endpoints)[0], Browser(endpoints)
    assert reader.sign_in(teacher["identifier"], teacher["password"]) == 302, "the teacher cannot sign in"
    reader.ask("GET", "/webmail/")
    return reader.location, reader


if __name__ == "__main__":
    main()
