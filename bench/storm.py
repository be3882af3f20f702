"""The morning of the return: many people sign in at once while a colleague reads mail.

    python -m bench.storm DATA [--browsers 20] [--seconds 10]

DATA is the folder of a running demo. Each browser signs in without pause under a name of its own that does not exist,
which costs the same verification as a good sign-in; one colleague opens the list of messages meanwhile.
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

TOKEN = re.compile(rb'csrfmiddlewaretoken" value="([^"]+)')
FORM = "application/x-www-form-urlencoded"


@dataclass
class Measured:
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def add(self, began: float, status: int) -> None:
        self.seconds.append(time.monotonic() - began)
        self.statuses[status] += 1

    def row(self, title: str, during: float) -> str:
        ordered = sorted(self.seconds)
        worst = ordered[int(len(ordered) * 0.95)]
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return (
            f"| {title} | {len(ordered) / during:.0f} a second | {median(ordered) * 1000:.0f} ms "
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

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers |= {"Content-Type": FORM, "Origin": self.origin, "Referer": self.origin + path}
        self.connection.request(method, path, urlencode(form) if form is not None else None, headers)
        response = self.connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        self.location = response.headers.get("Location", path)
        return response.status, response.read()

    def sign_in(self, identifier: str, password: str, measured: Measured | None = None) -> int:
        _status, page = self.ask("GET", "/session/")
        found = TOKEN.search(page)
        assert found, "no sign-in form"
        form = {"csrfmiddlewaretoken": found[1].decode(), "identifiant": identifier, "secret": password}
        began = time.monotonic()
        status, _page = self.ask("POST", "/session/", form)
        if measured:
            measured.add(began, status)
        return status


def read_mail(browser: Browser, path: str, seconds: float) -> Measured:
    measured, end = Measured(), time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        status, _page = browser.ask("GET", path)
        measured.add(began, status)
        time.sleep(0.05)
    return measured


def storm(endpoints: dict[str, Any], browsers: int, over: threading.Event) -> tuple[Measured, list[threading.Thread]]:
    signing_in = Measured()

    def one(number: int) -> None:
        browser, tries = Browser(endpoints), 0
        while not over.is_set():
            tries += 1
            browser.sign_in(f"tempete{number}x{tries}", "Un mot de passe faux", signing_in)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(browsers)]
    for thread in threads:
        thread.start()
    return signing_in, threads


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--browsers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    endpoints = json.loads((options.data / "endpoints.json").read_text())
    teacher = next(account for account in endpoints["accounts"] if account["role"] == "teacher")
    reader = Browser(endpoints)
    assert reader.sign_in(teacher["identifier"], teacher["password"]) == 302, "the teacher cannot sign in"
    reader.ask("GET", "/webmail/")
    path = reader.location
    quiet = read_mail(reader, path, options.seconds)
    over = threading.Event()
    signing_in, threads = storm(endpoints, options.browsers, over)
    busy = read_mail(reader, path, options.seconds)
    over.set()
    for thread in threads:
        thread.join()
    print("| what | rate | median | 95 % | answers |\n|---|---|---|---|---|")
    print(quiet.row("list, nobody else", options.seconds))
    print(busy.row(f"list, {options.browsers} browsers signing in", options.seconds))
    print(signing_in.row("sign-ins", options.seconds))


if __name__ == "__main__":
    main()
