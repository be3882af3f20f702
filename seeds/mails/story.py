"""Reads the TOML files and writes each mail as the programs of its sender would have written it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Literal, cast

from inscriptis import get_text
from pydantic import BaseModel, ConfigDict, Field

from seeds.mails.attachments import MAKERS, PARIS, ics

FOLDER = Path(__file__).resolve().parent
# The standard library doubles a space where it folds an encoded subject: keep each header on one line.
WHOLE_LINES = SMTP.clone(max_line_length=990)
CHAPTERS = ("colleagues", "authority", "school", "college", "outside")
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class File(_Told):
    """Something carried: `kind` names its maker, `title` and `lines` are its content."""

    name: str
    kind: Literal["pdf", "picture", "banner", "odt", "docx", "csv", "text", "winmail", "ics"]
    title: str
    lines: list[str]
    cid: str | None = None


class Mail(_Told):
    """One mail as told. `days`: school days back from today, `at` that hour in Paris; or `minutes` before now."""

    key: str
    sender: str = Field(alias="from")
    author: str = ""  # of the cast, who writes in the name of a shared mailbox
    draft: bool = False  # not sent yet
    to: list[str]
    cc: list[str] = []
    envelope: list[str] = []  # who really gets it, when that is not everybody named in To and Cc
    days: int
    at: time | None = None
    minutes: int | None = None
    subject: str | None = None
    reply: str | None = None
    forwards: str | None = None
    text: str | None = None
    html: str | None = None
    specimen: str | None = None
    attachments: list[File] = []
    inline: list[File] = []
    list: str | None = None
    bulk: bool = False
    priority: str | None = None


class Person(_Told):
    name: str
    signature: str


@dataclass(frozen=True)
class Setting:
    """Where and when the story is told."""

    now: datetime
    domain: str
    addresses: Mapping[str, str]
    cast: Mapping[str, Person]
    mails: Mapping[str, Mail]

    @property
    def today(self) -> date:
        return self.now.astimezone(PARIS).date()

    def moment(self, mail: Mail) -> datetime:
        """Never in the future: a mail of this afternoon, told this morning, arrived a minute ago."""
        if mail.minutes is not None:
            return self.now.astimezone(PARIS) - timedelta(minutes=mail.minutes)
        day = datetime.combine(school_days_before(self.today, mail.days), mail.at or time(8), tzinfo=PARIS)
        return min(day, self.now - timedelta(minutes=1))

    def fill(self, words: str, mail: Mail | None = None) -> str:
        """`{domain}`, `{next_year}`, and school days from today: `{day+9}` ("jeudi 3 décembre"), `{weekday+9}`
        ("jeudi"), `{date-20}` ("06/10"). `{next_month}`: after the mail's own. Other braces are left alone."""
        month = (self.moment(mail).month if mail else self.today.month) % 12
        fixed = {"domain": self.domain, "next_year": str(self.today.year + 1), "next_month": MONTHS[month]}
        for name, value in fixed.items():
            words = words.replace(f"{{{name}}}", value)
        return re.sub(r"\{(day|weekday|date)([+-]\d+)\}", lambda found: self._day(found[1], int(found[2])), words)

    def _day(self, form: str, distance: int) -> str:
        day = school_day(self.today, distance)
        if form == "date":
            return f"{day:%d/%m}"
        name = DAYS[day.weekday()]
        return name if form == "weekday" else f"{name} {'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]}"

    def invitation(self, mail: Mail, file: File) -> bytes:
        distance, *rest = file.lines
        organizer, attendee = self.mailbox(mail.sender)[1], self.mailbox(mail.to[0])[1]
        day = school_day(self.today, int(distance))
        return ics(file.title, rest, day=day, organizer=organizer, attendee=attendee)

    def mailbox(self, who: str) -> tuple[str, str]:
        """Display name and address of a cast identifier or of "Name <address>"."""
        if who in self.cast:
            return self.cast[who].name, self.addresses[who]
        name, opened, address = self.fill(who).rstrip(">").rpartition("<")
        return (name.strip(' "'), address) if opened else ("", address)

    def message_id(self, mail: Mail) -> str:
        host = self.mailbox(mail.sender)[1].rpartition("@")[2]
        return f"<{mail.key}.{self.moment(mail).astimezone(UTC):%Y%m%d%H%M%S}@{host}>"

    def subject(self, mail: Mail) -> str:
        if mail.subject:
            return self.fill(mail.subject, mail)
        asked = self.subject(self.mails[cast(str, mail.reply)])
        return asked if asked.startswith("Re: ") else f"Re: {asked}"


@dataclass(frozen=True)
class SentMail:
    moment: datetime
    content: bytes
    answers: str | None  # the Message-ID that it answers
    message_id: str
    author: str
    draft: bool


def demo_mails(now: datetime, domain: str, addresses: Mapping[str, str]) -> Iterator[tuple[str, list[str], bytes]]:
    """Envelope sender, envelope recipients and message, oldest first. `addresses`: identifier of the cast → address."""
    setting = make_setting(now, domain, addresses)
    for mail in sorted(setting.mails.values(), key=setting.moment):
        recipients = [setting.mailbox(who)[1] for who in mail.envelope or mail.to + mail.cc]
        inside = [address for address in recipients if address in set(addresses.values())]
        if inside:
            yield setting.mailbox(mail.sender)[1], inside, _bytes(setting, mail)


def sent_mails(now: datetime, domain: str, addresses: Mapping[str, str], identifier: str) -> list[SentMail]:
    """What this person of the cast has written, oldest first."""
    setting = make_setting(now, domain, addresses)
    own = [mail for mail in setting.mails.values() if mail.sender == identifier]
    return [
        SentMail(
            setting.moment(mail),
            _bytes(setting, mail),
            setting.message_id(setting.mails[mail.reply]) if mail.reply else None,
            setting.message_id(mail),
            mail.author,
            mail.draft,
        )
        for mail in sorted(own, key=setting.moment)
    ]


def school_day(today: date, distance: int) -> date:
    """So many school days from today, or from the next Monday at a week-end: two distances are never the same day."""
    if distance < 0:
        return school_days_before(today, -distance)
    while today.weekday() > 4 or distance:
        distance -= today.weekday() < 5
        today += timedelta(days=1)
    return today


def school_days_before(day: date, count: int) -> date:
    """Saturdays and Sundays are not counted, so that an office does not write on a Sunday and no thread is reversed."""
    while count:
        day -= timedelta(days=1)
        count -= day.weekday() < 5
    return day


def make_setting(now: datetime, domain: str, addresses: Mapping[str, str]) -> Setting:
    return Setting(now, domain, addresses, _people(), {mail.key: mail for mail in _chapters()})


@cache
def _people() -> dict[str, Person]:
    told = tomllib.loads((FOLDER / "cast.toml").read_text(encoding="utf-8"))
    return {identifier: Person.model_validate(person) for identifier, person in told.items()}


@cache
def _chapters() -> list[Mail]:
    told = [tomllib.loads((FOLDER / f"{chapter}.toml").read_text(encoding="utf-8")) for chapter in CHAPTERS]
    return [Mail.model_validate(mail) for chapter in told for mail in chapter["mails"]]


def _bytes(setting: Setting, mail: Mail) -> bytes:
    if mail.specimen:
        return _specimen(setting, mail)
    return _message(setting, mail).as_bytes(policy=WHOLE_LINES)


def _specimen(setting: Setting, mail: Mail) -> bytes:
    raw = (FOLDER / "specimens" / cast(str, mail.specimen)).read_bytes()
    filled = {
        b"{date}": format_datetime(setting.moment(mail)),
        b"{from}": setting.mailbox(mail.sender)[1],
        b"{to}": setting.mailbox(mail.to[0])[1],
    }
    for mark, words in filled.items():
        raw = raw.replace(mark, words.encode("ascii"))
    return raw


def _message(setting: Setting, mail: Mail) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    _headers(setting, mail, message)
    _body(setting, mail, message)
    for file in mail.attachments:
        content_type, content = _made(setting, mail, file)
        maintype, _, subtype = content_type.partition("/")
        params = {"charset": "utf-8"} if maintype == "text" else {}
        message.add_attachment(content, maintype, subtype, filename=file.name, params=params)
    if mail.forwards:
        message.add_attachment(_message(setting, setting.mails[mail.forwards]))
    return message


def _headers(setting: Setting, mail: Mail, message: EmailMessage) -> None:
    message["Date"] = setting.moment(mail)
    message["From"] = _address(setting.mailbox(mail.sender))
    message["To"] = [_address(setting.mailbox(who)) for who in mail.to]
    if mail.cc:
        message["Cc"] = [_address(setting.mailbox(who)) for who in mail.cc]
    message["Subject"] = setting.subject(mail)
    message["Message-ID"] = setting.message_id(mail)
    if mail.reply:
        asked = setting.mails[mail.reply]
        message["In-Reply-To"] = setting.message_id(asked)
        message["References"] = " ".join(_chain(setting, asked))
    if mail.priority:
        message["X-Priority"] = mail.priority
    if mail.list:
        message["List-Id"] = f"<{mail.list}.{setting.domain}>"
        message["List-Post"] = f"<mailto:{mail.list}@{setting.domain}>"
        message["List-Unsubscribe"] = f"<mailto:{mail.list}-quitter@{setting.domain}>"
    if mail.bulk:
        message["Precedence"] = "bulk"
        message["List-Unsubscribe"] = "<https://clics.musee-des-tisserands.example/stop/8f3a>"


def _address(mailbox: tuple[str, str]) -> Address:
    return Address(mailbox[0], addr_spec=mailbox[1])


def _chain(setting: Setting, mail: Mail) -> list[str]:
    before = _chain(setting, setting.mails[mail.reply]) if mail.reply else []
    return [*before, setting.message_id(mail)]


def _body(setting: Setting, mail: Mail, message: EmailMessage) -> None:
    html = setting.fill((FOLDER / "html" / mail.html).read_text(encoding="utf-8"), mail) if mail.html else None
    text = setting.fill(mail.text, mail).strip() if mail.text else _plain(html or "")
    person = setting.cast.get(mail.sender)
    if person and not html:
        text += f"\n\n-- \n{person.signature}"
    if mail.reply:
        text += _quoted(setting, setting.mails[mail.reply])
    message.set_content(text + "\n", cte="quoted-printable")
    if html is None:
        return
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    shown = cast(MIMEPart, message.get_body(("html",)))
    for file in mail.inline:
        content_type, content = _made(setting, mail, file)
        maintype, _, subtype = content_type.partition("/")
        shown.add_related(content, maintype, subtype, cid=f"<{file.cid}>", filename=file.name, disposition="inline")


def _plain(html: str) -> str:
    """The words of a newsletter without the blanks of its layout tables."""
    lines = (" ".join(line.split()) for line in get_text(html).splitlines())
    return "\n\n".join(line for line in lines if line)


def _quoted(setting: Setting, asked: Mail) -> str:
    when = setting.moment(asked).astimezone(PARIS)
    author = setting.mailbox(asked.sender)[0]
    lines = setting.fill(asked.text or "", asked).strip().splitlines()
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    return f"\n\nLe {when:%d/%m/%Y} à {when:%H:%M}, {author} a écrit :\n{quoted}"


def _made(setting: Setting, mail: Mail, file: File) -> tuple[str, bytes]:
    if file.kind == "ics":
        return "text/calendar", setting.invitation(mail, file)
    content_type, make = MAKERS[file.kind]
    return content_type, make(file.title, [setting.fill(line, mail) for line in file.lines])
