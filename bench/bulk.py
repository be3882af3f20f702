"""Acts on thousands of messages: how soon progress is seen, and how long until all are done.

    python -m bench.bulk DATA [--count 10000]

DATA is the folder of a running demo. The folder is filled through IMAP once. Each act is sent over HTTPS as the list
sends it, and its redirect followed: that page shows the progress. Then it is asked again until all is over. The floor
is the same MOVE by one IMAP command.
"""

import argparse
import json
import os
import re
import time
from pathlib import Path

from bench.list import _filled, _pool
from bench.storm import Browser

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
BOUND = re.compile(rb'name="tout" value="(\d+)"')
UNDO = re.compile(rb'action="(/webmail/travaux/[0-9a-f]{32}/annulation/)"')
ACTS = (("read", "lecture/"), ("star", "suivi/"), ("archive", "archivage/"), ("delete", "suppression/"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    options = parser.parse_args()
    os.environ.update(VAGUEMESTRE_DATA=str(options.data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    measure(options.data, options.count)
    return 0


def measure(data: Path, count: int) -> None:
    from vaguemestre.accounts.models import Account

    endpoints = json.loads((data / "endpoints.json").read_text())
    person = next(account for account in endpoints["accounts"] if account["role"] == "teacher")
    key = Account.objects.get(identifier=person["identifier"]).key
    pool = _pool()
    folder = _filled(pool, key, count)
    with pool.session(key) as session:
        session.folders()
        archive = session.by_role("archive")
        assert archive is not None
        assert archive.id is not None
        uids = session.matching(folder).uids
        began = time.perf_counter()
        moved = session.move(folder, uids, archive.id)
        print(f"floor: MOVE of {count:,} in one command: {time.perf_counter() - began:.2f} s")
        session.move(archive.id, list(moved.values()), folder)
    browser = Browser(endpoints)
    assert browser.sign_in(person["identifier"], person["password"]) == 302, "the demo refuses its own teacher"
    print("| act | progress seen | all done |\n|---|---|---|")
    for name, tail in ACTS:
        _timed(browser, name, f"/webmail/dossiers/{folder}/", tail)


def _timed(browser: Browser, name: str, base: str, tail: str) -> None:
    page = browser.ask("GET", base)[1]
    token, bound = TOKEN.search(page), BOUND.search(page)
    assert token
    assert bound
    form = {"csrfmiddlewaretoken": token[1].decode(), "tout": bound[1].decode()}
    undo = _one(browser, name, base + tail, form)
    _one(browser, f"undo of {name}", undo, {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]})


def _one(browser: Browser, name: str, path: str, form: dict[str, str]) -> str:
    began = time.perf_counter()
    status, _page = browser.ask("POST", path, form)
    assert status == 302, f"{path}: {status}"
    page = browser.ask("GET", browser.location)[1]
    seen = time.perf_counter() - began
    assert b'class="job"' in page, "no progress on the page"
    while b"load delay:1s" in page:
        time.sleep(0.05)
        page = browser.ask("GET", browser.location)[1]
    print(f"| {name} | {seen * 1000:.0f} ms | {time.perf_counter() - began:.2f} s |", flush=True)
    undo = UNDO.search(page)
    return undo[1].decode() if undo else ""


if __name__ == "__main__":
    raise SystemExit(main())
