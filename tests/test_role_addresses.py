"""Whoever writes to an address that stands on a page, in a letter, in the DNS or in our own settings is heard."""

import re
from pathlib import Path

from django.conf import settings

import vaguemestre
from vaguemestre.academy.facts import academy
from vaguemestre.accounts.identity.name_rules import is_reserved
from vaguemestre.clients.dns.records import records
from vaguemestre.courier.message import SENDER
from vaguemestre.engine import projection
from vaguemestre.engine.projection.rows import ROUTED
from vaguemestre.testing import MailAccount, deliver, letter, make_account, make_person, make_school, wait_for_mail

ROOM = Path(vaguemestre.__file__).parent
KINDS = {".cf", ".conf", ".html", ".lua", ".po", ".py", ".sieve", ".txt"}
# A name without a dot (those with one are samples of persons), at our domain in whatever way a source says it.
ROLE = re.compile(
    r"(?<![\w.%{}-])([a-z][a-z-]+)@(?:\{[\w.() ]*domain ?\}|%\(domain\)s|\$mydomain|@@\{domain\}|DOMAIN\b)"
)


def written(file: Path) -> set[str]:
    text = file.read_text(encoding="utf-8").replace(academy().domain, "DOMAIN")
    return {name for name in ROLE.findall(text) if name != "x"}


def role_addresses() -> set[str]:
    sources = [file for file in ROOM.rglob("*") if file.suffix in KINDS and "tests" not in file.parts]
    named = [written(file) for file in (*sources, Path(settings.ACADEMY_FILE), Path(settings.CHARTER_FILE))]
    in_the_dns = re.findall(
        rf"mailto:([a-z-]+)@{re.escape(academy().domain)}", " ".join(one.value for one in records())
    )
    return {"mailer-daemon", SENDER, *in_the_dns}.union(*named)


def test_the_walk_finds_what_is_known_to_be_printed() -> None:
    assert role_addresses() >= {"abuse", "dmarc", "dpd", "postmaster", SENDER}


def test_no_person_gets_a_role_address() -> None:
    assert [name for name in sorted({*ROUTED, *role_addresses()}) if not is_reserved(name)] == []


def test_every_role_address_is_delivered(db: None, daemons: None) -> None:
    rectorat = make_school("0801111R", kind="rectorat")
    person = make_person("Hélène", "Wattebled", category="ADMR", function="ADMIN", school=rectorat)
    administrator = MailAccount(make_account(person))
    projection.project([administrator.key])
    read = sorted({*ROUTED, *role_addresses()} - {SENDER})
    for name in read:
        address = f"{name}@{academy().domain}"
        deliver(letter(address, subject=name), address)
    deliver(letter("nobody"), f"{SENDER}@{academy().domain}")  # taken, and dropped
    received = wait_for_mail(administrator, len(read))
    assert {name for name in read if any(f"Subject: {name}\r\n".encode() in mail for mail in received)} == set(read)
