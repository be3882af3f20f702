"""The test cast, and real mailboxes for it. Used by `conftest.py`; a test imports the types and helpers from here."""

import imaplib
import itertools
import re
import smtplib
import sqlite3
import ssl
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.lifecycle import closure, creation
from vaguemestre.accounts.mail_access.access_tokens import mail_token
from vaguemestre.accounts.models import Account, FormerPassword, Numbering
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.projection import announce_change
from vaguemestre.audit.models import Entry
from vaguemestre.engine import projection
from vaguemestre.instance import read_instance
from vaguemestre.people.models import Person, Posting, School

PASSWORD = "les tilleuls sentent en juin"
# Mailboxes outlive the rollback of a test: a key is never given twice, not even to the next run on a kept folder.
_numbers = itertools.count(int(time.time() * 10) % 10**9)
_hr_keys = itertools.count(1)
_FIRST_SIGN_IN = [
    "password", "password_kind", "password_set_at", "charter_version", "charter_accepted_at", "welcomed_at"
]  # fmt: skip
_NOISE = re.compile(r'(?<="/static/)[^"]*|(?<=csrfmiddlewaretoken" value=")[^"]*|(?<=X-CSRFToken": ")[^"]*')


@dataclass(frozen=True)
class Cast:
    """Everybody has chosen a password (`PASSWORD`). The teacher and the head are posted at the same collège, in the
    Somme, which the help-desk agent serves; the leaver's duty has ended; the stranger teaches in another department.
    """

    teacher: Account
    head: Account
    help_desk: Account
    leaver: Account
    stranger: Account


@dataclass(frozen=True)
class MailAccount:
    """An account that the running Dovecot and Postfix know."""

    account: Account
    password: str = PASSWORD

    @property
    def key(self) -> str:
        return self.account.key

    @property
    def address(self) -> str:
        return self.account.address

    @property
    def token(self) -> str:
        return mail_token(self.key, now=timezone.now())


def make_school(uai: str = "0801234A", *, kind: str = "college", department: str = "80") -> School:
    facts = {"name": "Collège des Tilleuls", "kind": kind, "city": "Amiens", "department": department}
    return School.objects.get_or_create(uai=uai, defaults=facts)[0]


def make_person(
    first_name: str = "Mathilde", last_name: str = "Lefèvre", *,
    civility: str = "Mme", category: str = "CERT", function: str = "ENS", school: School | None = None,
    duty_start: date = date(2020, 9, 1), duty_end: date | None = None,
) -> Person:  # fmt: skip
    school = school or make_school()
    person = Person.objects.create(
        hr_key=f"TEST{next(_hr_keys)}", civility=civility, first_name=first_name, last_name=last_name,
        birth_date=date(1980, 5, 12), address_lines=["12 RUE DES LILAS", "80000 AMIENS"], category=category,
        department=school.department, duty_start=duty_start, duty_end=duty_end,
    )  # fmt: skip
    Posting.objects.create(
        person=person, school=school, rank=1, function=function, share=100, starts=duty_start, ends=duty_end
    )
    return person


def make_account(person: Person, *, password: str | None = PASSWORD, now: datetime | None = None) -> Account:
    """`password=None`: the letter has not been used. The daemons do not know it yet (`project`)."""
    [account] = make_accounts([person], password=password, now=now)
    return account


def make_accounts(
    persons: Sequence[Person], *, password: str | None = PASSWORD, now: datetime | None = None
) -> list[Account]:
    """One a person, in the same order."""
    now = now or timezone.now()
    [last, *_others] = [next(_numbers) for _person in persons]
    Numbering.objects.update_or_create(name="account", defaults={"last": last})
    accounts = creation.open_accounts(persons, now=now)
    if password is not None:
        _sign_in_first(accounts, password, now)
    fresh = Account.objects.in_bulk([account.pk for account in accounts])
    return [fresh[account.pk] for account in accounts]


def _sign_in_first(accounts: Sequence[Account], password: str, now: datetime) -> None:
    """The rows of `passwords.set_password` and `acceptance.accept_charter`, for all at once: most tests begin with some
    accounts, and one by one these took a third of their time."""
    version = academy().charter.version
    entries, former = [], []
    for account in accounts:
        account.password = passwords.hasher().hash(passwords.normalise(password))
        account.password_kind = Account.PasswordKind.OWN
        account.password_set_at = account.charter_accepted_at = account.welcomed_at = now
        account.charter_version = version
        account.save(update_fields=_FIRST_SIGN_IN)
        former.append(FormerPassword(account=account, encoded=account.password, set_at=now))
        by = {"at": timezone.now(), "actor": account.key, "subject": account.key}
        entries += [Entry(act="password.chosen", details={}, **by),
                    Entry(act="charter.accepted", details={"version": version}, **by)]  # fmt: skip
    FormerPassword.objects.bulk_create(former)
    Entry.objects.bulk_create(entries)
    announce_change(accounts)


def make_cast() -> Cast:
    college, desk = make_school(), make_school("0809999D", kind="dsden")
    elsewhere = make_school("0021111B", department="02")
    yesterday = timezone.localdate() - timedelta(days=1)
    leaver, teacher, head, help_desk, stranger = make_accounts([
        make_person("Pierre", "Caron", civility="M.", school=college),
        make_person(school=college),
        make_person("Nadia", "Benhamou", category="CHEF", function="DIR", school=college),
        make_person("Thomas", "Quesnel", civility="M.", category="ADMD", function="ASSIST", school=desk),
        make_person("Karim", "Belkacem", civility="M.", school=elsewhere),
    ])  # fmt: skip
    closure.close_accounts([leaver], on=yesterday, now=timezone.now())
    return Cast(teacher=teacher, head=head, help_desk=help_desk, leaver=leaver, stranger=stranger)


def make_mail_account(first_name: str = "Mathilde", last_name: str = "Lefèvre") -> MailAccount:
    account = make_account(make_person(first_name, last_name))
    projection.project([account.key])
    return MailAccount(account)


def data_folder() -> Path:
    assert settings.DATA is not None, "run bin/test"
    return Path(settings.DATA)


def secret(name: str) -> str:
    return (data_folder() / "secrets" / name).read_text().strip()


def tls_context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.MAIL["ca"])


def imap_connection(account: MailAccount, *, name: str | None = None, password: str | None = None) -> imaplib.IMAP4_SSL:
    """Signed in as a mail program does, by `name` (else the address) and password."""
    host, port = settings.MAIL["imaps"]
    connection = imaplib.IMAP4_SSL(host, port, ssl_context=tls_context())
    connection.login(f'"{(name or account.address)}"', password or account.password)
    return connection


def submission(account: MailAccount, *, name: str | None = None, password: str | None = None) -> smtplib.SMTP_SSL:
    host, port = settings.MAIL["smtps"]
    connection = smtplib.SMTP_SSL(host, port, context=tls_context(), timeout=20)
    connection.login(name or account.address, password or account.password)
    return connection


def letter(
    to: str, *, sender: str = "Anne Auteur <anne@librairie.example>", subject: str = "Essai", text: str = "Bonjour.",
    **headers: str,
) -> EmailMessage:  # fmt: skip
    """A small message; `headers` with underscores for dashes."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = timezone.localtime()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def deliver(
    message: EmailMessage | bytes, to: str | Sequence[str], *,
    sender: str = "anne@librairie.example", source: str | None = None,
) -> dict[str, tuple[int, bytes]]:  # fmt: skip
    """By SMTP on port 25, as the world does; `source` pretends another address. Raises smtplib's own errors; returns
    the refused recipients."""
    with smtplib.SMTP("127.0.0.1", read_instance().ports.smtp, timeout=20) as connection:
        if source:
            connection.ehlo()
            connection.docmd("XCLIENT", f"ADDR={source} NAME=[UNAVAILABLE]")
            connection.ehlo()
        data = message if isinstance(message, bytes) else message.as_bytes()
        return connection.sendmail(sender, to, data)


def deliver_locally(message: EmailMessage | bytes, to: str, *, sender: str = "anne@librairie.example") -> None:
    """By LMTP, as Postfix does: past its doors and filters."""
    with smtplib.LMTP(str(data_folder() / "run" / "dovecot" / "lmtp"), timeout=20) as connection:
        connection.sendmail(sender, [to], message if isinstance(message, bytes) else message.as_bytes())


@contextmanager
def locked_mail_file() -> Iterator[None]:
    """Meanwhile Dovecot cannot read who may sign in: a failure of its own, as when it may start no process."""
    with closing(sqlite3.connect(data_folder() / "db" / "mail.sqlite3", isolation_level=None)) as file:
        file.execute("BEGIN EXCLUSIVE")
        yield


def append(account: MailAccount, message: EmailMessage | bytes, folder: str = "INBOX", flags: str = "") -> None:
    """Straight into a folder, when delivery is not what the test is about."""
    connection = imap_connection(account)
    data = message if isinstance(message, bytes) else message.as_bytes()
    result, detail = connection.append(folder, flags, "", data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert result == "OK", detail
    connection.logout()


def wait_for_mail(account: MailAccount, count: int = 1, *, folder: str = "INBOX", seconds: float = 15) -> list[bytes]:
    """The messages of a folder, whole, once there are `count` of them; polls, since delivery takes its moment."""
    deadline = time.monotonic() + seconds
    connection = imap_connection(account)
    while True:
        try:  # a folder that a filter makes may not be there yet
            opened = connection.select(folder, readonly=True)[0] == "OK"
        except imaplib.IMAP4.abort:  # a delivery made the INBOX at the same moment: docs/decisions/mail-engine.md
            connection, opened = imap_connection(account), False
        numbers = connection.search(None, "ALL")[1][0].split() if opened else []
        if len(numbers) >= count or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    parts = [connection.fetch(number.decode(), "(BODY.PEEK[])")[1][0] for number in numbers]
    connection.logout()
    assert len(parts) >= count, f"{len(parts)} of {count} messages in {folder}"
    return [part[1] for part in parts if isinstance(part, tuple)]


def without_noise(html: str) -> str:
    """A page without the hashed names of its assets and its tokens: either may hold any short word, or any year."""
    return _NOISE.sub("", html)


_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_NEVER_IN_P = {
    "address", "article", "aside", "blockquote", "details", "dialog", "div", "dl", "fieldset", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "menu", "nav", "ol", "p", "pre", "section",
    "table", "ul",
}  # fmt: skip
_NEVER_IN_ITSELF = {"a", "button", "form", "label"}


class _Markup(HTMLParser):
    """Stricter than browsers: each element is ended where it began, no attribute is written twice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: Counter[str] = Counter()
        self.feed(html)
        self.close()
        self.faults += [f"never ended: {one}" for one in self.open]
        self.faults += [f"{count} times: {one}" for one, count in self.ids.items() if count > 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._look(tag, attrs)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._look(tag, attrs)
        if tag not in _VOID and "svg" not in [tag, *self.open]:
            self.faults.append(f"{self.getpos()} <{tag}/> ends nothing")

    def _look(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "p" in self.open and tag in _NEVER_IN_P:
            self.faults.append(f"{self.getpos()} <{tag}> in <p>")
        if tag in _NEVER_IN_ITSELF and tag in self.open:
            self.faults.append(f"{self.getpos()} <{tag}> in <{tag}>")
        names = [name for name, _value in attrs]
        self.faults += [f"{name} twice: {self.get_starttag_text()}" for name in {*names} if names.count(name) > 1]
        self.ids.update(value or "" for name, value in attrs if name == "id")

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.faults.append(f"{self.getpos()} </{tag}> in {self.open[-3:]}")
            if tag in self.open:
                del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]


def markup_faults(html: str) -> list[str]:
    """What RGAA 8.2 asks of the code of a page: elements nested and ended, no attribute and no `id` twice."""
    return _Markup(html).faults


def wrong_fields(html: str) -> dict[str, str]:
    """The names of the fields that say they are wrong, with the words that tell why (RGAA 11.10)."""
    page = LexborHTMLParser(html)
    told: dict[str, str] = {}
    for field in page.css("[aria-invalid=true]"):
        named = [page.css_first(f"[id='{one}']") for one in (field.attributes.get("aria-describedby") or "").split()]
        told[field.attributes.get("name") or ""] = " ".join(one.text().strip() for one in named if one)
    return told
