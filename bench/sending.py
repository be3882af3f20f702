"""A letter of 20 KB sent: from the press to the answer that it has left, beside a bare hand-over to Postfix.

    python -m bench.sending DATA [--rounds 30]

DATA is the folder of a running demo. The author's choice is to send at once, so the answer comes when Postfix has taken
charge and the copy is in Sent. Floor, in the same round: a new connection to the same submission port, TLS, the same
token, the same message, until Postfix has queued it.
"""

import argparse
import json
import os
import re
import smtplib
import ssl
import time
from base64 import b64encode
from pathlib import Path
from secrets import token_hex
from statistics import median, quantiles
from typing import Any

from bench.opening import html_letter
from bench.storm import Browser

GUARD = re.compile(rb'name="malgre" value="([^"]*)"')
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    os.environ.update(VAGUEMESTRE_DATA=str(options.data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    from django.utils import timezone

    from vaguemestre.accounts.models import Account
    from vaguemestre.webmail.models import Preferences

    endpoints = json.loads((options.data / "endpoints.json").read_text())
    author = next(account for account in endpoints["accounts"] if account["role"] == "school-head")
    key = Account.objects.get(identifier=author["identifier"]).key
    Preferences.objects.update_or_create(account_id=key, defaults={"undo_seconds": 0, "changed_at": timezone.now()})
    browser = Browser(endpoints)
    assert browser.sign_in(author["identifier"], author["password"]) == 302, "not signed in"
    floors, answers = [], []
    for number in range(options.rounds + 3):
        floor = _handed_over(endpoints, key, author["address"])
        answer = _sent(browser, author["address"])
        if number >= 3:
            floors.append(floor)
            answers.append(answer)
        time.sleep(0.3)
    above = median(answer - floor for answer, floor in zip(answers, floors, strict=True))
    print("| | median | 95 % |\n|---|---|---|")
    for title, times in (("handed over to Postfix, bare", floors), ("sent, over HTTPS", answers)):
        print(f"| {title} | {median(times):.0f} ms | {quantiles(times, n=20)[-1]:.0f} ms |")
    print(f"\nabove the floor: {above:.0f} ms (asked: 60)")


def _handed_over(endpoints: dict[str, Any], key: str, address: str) -> float:
    from vaguemestre.webmail.connection import mailbox_token, sending_endpoint

    where, word = sending_endpoint(), mailbox_token(key)
    context = ssl.create_default_context(cafile=endpoints["ca"])
    began = time.perf_counter()
    with smtplib.SMTP_SSL(where.host, where.port, context=context) as connection:
        connection.ehlo()
        initial = b64encode(f"user={key}\x01auth=Bearer {word}\x01\x01".encode()).decode()
        code, said = connection.docmd("AUTH", f"XOAUTH2 {initial}")
        assert code == 235, said
        connection.sendmail(
            address, [address], html_letter("Plancher", 20_000).replace(b"anne@librairie.example", address.encode())
        )
        return (time.perf_counter() - began) * 1000


def _sent(browser: Browser, address: str) -> float:
    found = TOKEN.search(browser.ask("GET", "/webmail/ecrire/")[1])
    assert found
    html = html_letter("", 20_000).split(b"\r\n\r\n", 1)[1].decode()
    form = {
        "csrfmiddlewaretoken": found[1].decode(), "a": address, "objet": "Mesure de l'envoi",
        "texte": re.sub("<[^>]+>", " ", html), "html": html, "fenetre": "w1", "revision": "0",
    }  # fmt: skip
    path = f"/webmail/ecrire/{token_hex(16)}/envoi/"
    began = time.perf_counter()
    status, page = browser.ask("POST", path, form)
    assert status == 302, f"{path}: {status} {GUARD.findall(page)}"
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
