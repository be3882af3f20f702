"""What a person has written, before it is kept: read from the form, from a kept draft, or begun as an answer."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.http import QueryDict

from vaguemestre.mailbox.values import InvalidValueError, MailboxId, PartPath, PiecePath, Uid
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.people.address_list import without_duplicates

FIELDS = {"to": "a", "cc": "cc", "bcc": "cci"}  # attribute → name in the form
SUBJECT_LIMIT = 998
DIGEST = 32
A_DAY = timedelta(days=1)
OTHERS_LIMIT = 20_000  # signs: some three hundred people
LATEST_REMINDER = 28  # days; a message waits no longer for an answer (`list_filters.WAITS_FOR`)


@dataclass(frozen=True, slots=True)
class DraftOrigin:
    folder: MailboxId
    uid: Uid


@dataclass(frozen=True, slots=True)
class DraftContent:
    """`parts`: attachments of the source to take along. `revision` and `writer`: which window wrote it last.
    `html`: the same as `text`, formatted, empty for plain text (`rich_text.py`). `pictures`: parts of the source that
    it shows. `unkept`: the HTML that came, when it could not be
    vouched for; it is never kept, only shown again to whoever wrote it."""

    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    asks_receipt: bool = False
    importance: str = Outgoing.Importance.NORMAL
    reminds_after: int = 0  # days without an answer
    kind: str = Outgoing.Kind.NEW
    sender: str = ""  # the address it is written from; empty: the usual one
    signed: str | None = None  # who signs its text, where that was just looked up
    others: str = ""  # who took part in what it answers: each is one press away
    source: DraftOrigin | None = None
    refused: str = ""  # the address that the source did not reach: this one is to go there instead, mended
    begun: str = ""  # its fingerprint before anything was written
    resumes: bool = False  # the source is this very draft, not a message that it answers
    parts: tuple[PartPath, ...] = ()
    pictures: tuple[PartPath, ...] = ()
    messages: tuple[DraftOrigin, ...] = ()  # forwarded whole
    unkept: str = ""
    revision: int = 0
    opened: int = 0  # when its sheet was drawn first, in seconds; 0: unknown
    writer: str = ""
    typed: int = 0  # how many changes that window has made, as far as this is one of its states

    @property
    def fingerprint(self) -> str:
        """Tells a sheet on which nothing was written from one that was: its words, then what it takes along."""
        return content_text(self) + _digest(*self.parts, *map(str, self.messages))

    @property
    def words_begun(self) -> str:
        """Its words before anything was written; empty when it takes other files along than it began with."""
        words = self.begun[:DIGEST]
        return words if self.begun[DIGEST:] == self.fingerprint[DIGEST:] else ""

    def begun_at(self, now: datetime) -> datetime:
        """Later messages may be unseen by its author. A day ago at most: the value comes from a browser."""
        return max(min(datetime.fromtimestamp(self.opened, UTC), now), now - A_DAY) if self.opened else now

    def by(self, writer: str) -> "DraftContent":
        """The same, written from that window."""
        return replace(self, writer=writer)


def content_text(letter: DraftContent | Outgoing) -> str:
    """However an editor has laid them out: it may take blank lines and invisible signs out by itself."""
    text = " ".join(letter.text.replace("\u200b", "").split())
    return _digest(letter.to, letter.cc, letter.bcc, letter.subject, text)


def parse_draft_form(data: QueryDict) -> DraftContent:
    """A wrong value of a hidden field is as if it were absent; what people type is always kept."""
    to, cc, bcc = without_duplicates(*("\n".join(data.getlist(FIELDS[name])) for name in ("to", "cc", "bcc")))
    letter = DraftContent(
        to=to, cc=cc, bcc=bcc,
        subject=" ".join(data.get("objet", "").split())[:SUBJECT_LIMIT],
        text=data.get("texte", "").replace("\r\n", "\n"), html=data.get("html", ""),
        asks_receipt=data.get("accuse") == "1",
        importance=_one_of(Outgoing.Importance, data.get("importance", "")),
        reminds_after=parse_reminder(data.get("rappel", "")),
        kind=data.get("genre", "") if data.get("genre") in Outgoing.Kind.values else Outgoing.Kind.NEW,
        sender=data.get("de", "").strip()[:320], others=data.get("autres", "").replace("\r\n", "\n")[:OTHERS_LIMIT],
        refused=data.get("refusee", "").strip()[:320], resumes=data.get("reprise") == "1",
        begun=data.get("debut", "")[: 2 * DIGEST],
        revision=_number(data.get("revision", "")), opened=_number(data.get("ouvert", "")),
        writer=data.get("fenetre", "")[:32], typed=_number(data.get("frappe", "")),
    )  # fmt: skip
    letter = replace(letter, messages=tuple(_sources(data.getlist("message"))))
    try:
        source = DraftOrigin(MailboxId(data.get("source_dossier", "")), Uid(data.get("source_uid", "")))
        return replace(letter, source=source, parts=tuple(PiecePath(part) for part in data.getlist("piece")))
    except InvalidValueError:
        return letter


def draft_content(outgoing: Outgoing, writer: str) -> DraftContent:
    source = None
    if outgoing.source_folder and outgoing.source_uid:
        source = DraftOrigin(MailboxId(outgoing.source_folder), Uid(outgoing.source_uid))
    return DraftContent(
        to=outgoing.to, cc=outgoing.cc, bcc=outgoing.bcc, subject=outgoing.subject, text=outgoing.text,
        html=outgoing.html, asks_receipt=outgoing.asks_receipt, importance=outgoing.importance, kind=outgoing.kind,
        source=source, revision=outgoing.revision, writer=writer, sender=outgoing.sender,
        reminds_after=outgoing.reminds_after or 0, others=outgoing.others,
        typed=outgoing.typed if writer == outgoing.writer else 0,
    )  # fmt: skip


def _digest(*said: object) -> str:
    return sha256("\0".join(map(str, said)).encode()).hexdigest()[:DIGEST]


def _sources(values: Sequence[str]) -> Iterator[DraftOrigin]:
    for value in values[:100]:
        folder, _dash, uid = value.rpartition("-")
        with suppress(InvalidValueError):
            yield DraftOrigin(MailboxId(folder), Uid(uid))


def _one_of(choices: type[Outgoing.Importance], value: str) -> str:
    return value if value in choices.values else Outgoing.Importance.NORMAL


def parse_reminder(text: str) -> int:
    """Days, as a form or the copy of a draft says them."""
    return min(_number(text.strip()), LATEST_REMINDER)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else 0
