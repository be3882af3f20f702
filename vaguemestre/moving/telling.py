"""How far an import is, what it brought and what it refused, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.moving import orders
from vaguemestre.moving.mbox import LARGEST
from vaguemestre.moving.models import Intake, Part, Refusal
from vaguemestre.web.quantities import grouped, size_in_words

SHOWN = 100  # refusals
State = Intake.State


@dataclass(frozen=True, slots=True)
class Refused:
    where: str
    place: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """`tone`: "good", "warn" or "bad"; empty while it goes on. `percent`: of what was sent. `acts`: buttons."""

    key: str
    said: str
    hint: str
    tone: str
    running: bool
    percent: int
    counts: list[tuple[str, str]]
    refused: list[Refused]
    refused_more: int
    stop_url: str
    resume_url: str
    undo_url: str
    folder_url: str


def told(intake: Intake, now: datetime) -> Told:
    """Two queries for one that runs, three for one that is over and has refused something."""
    parts = list(intake.parts.order_by("number"))
    brought, refused = sum(part.brought_count for part in parts), sum(part.refused for part in parts)
    listed = _refused(parts) if refused and intake.state not in Intake.UNDER_WAY else []
    said, hint, tone = _sentences(intake, brought)
    undo = brought and orders.can_undo(intake, now)
    return Told(
        intake.key, said, hint, tone, intake.state in Intake.UNDER_WAY, _percent(parts),
        _counts(intake, parts, brought, refused) if intake.state != State.UNDONE else [], listed,
        max(0, refused - len(listed)) if listed else 0,
        reverse("moving:stop", args=[intake.key]) if intake.state in {State.RUNNING, State.PAUSED} else "",
        reverse("moving:resume", args=[intake.key]) if intake.state == State.PAUSED else "",
        reverse("moving:undo", args=[intake.key]) if undo else "",
        f"/webmail/dossiers/{intake.target}/" if brought and intake.state not in {State.UNDOING, State.UNDONE} else "",
    )  # fmt: skip


def file_refused(name: str, reason: str) -> str:
    """Why nothing of what was sent is taken, and what to do."""
    sentences = {
        "empty": _("“%(name)s” is empty."),
        "disk": _("There is not enough room on the server at this moment. Try again tomorrow, or call your DSDEN."),
        "large": _("“%(name)s” is larger than %(limit)s: no message is. Is it really one message?"),
        "outlook": _(
            "“%(name)s” is a file of Outlook, which only Outlook reads. Export from Thunderbird, or save the messages "
            "as .eml."
        ),
        "other": _("“%(name)s” holds no mail: .eml, .mbox, or a .zip of them."),
        "nothing": _("No mail was found in “%(name)s”: it must hold .eml or .mbox files."),
        "broken": _("“%(name)s” is damaged or incomplete. Make the archive again, then send it."),
        "many": _("“%(name)s” holds too many files. Make several archives of it."),
        "locked": _("“%(name)s” is locked by a password. Make an archive without one."),
        "packing": _("“%(name)s” is packed in a way that is not read here. Make an ordinary zip archive."),
        "trap": _("“%(name)s” would take far more room than mail does: it was refused for safety."),
    }
    return sentences[reason] % {"name": name, "limit": size_in_words(LARGEST)}


def limit() -> str:
    """Of all that is sent at once, as the web server has it."""
    return size_in_words(academy().mail.quota_mb * 5 // 4 * 1_000_000)


def _sentences(intake: Intake, brought: int) -> tuple[str, str, str]:
    words = {"count": grouped(brought), "folder": intake.target_label}
    match intake.state:
        case State.RUNNING:
            return (
                ngettext(
                    "%(count)s message brought to “%(folder)s”", "%(count)s messages brought to “%(folder)s”", brought
                ) % words,
                _("You can leave this page: it goes on without you."), "",
            )  # fmt: skip
        case State.PAUSED:
            return (
                _paused(intake.failure),
                _("What was brought stays, and what was sent is kept for seven days."),
                "warn",
            )
        case State.UNDOING:
            return _("The messages of this import are being taken back."), "", ""
        case State.UNDONE:
            return _("This import was taken back: its messages are deleted."), "", "good"
        case State.FAILED:
            return _failed(intake.failure), _("What had been brought until then is in your mailbox."), "bad"
        case State.STOPPED:
            return _("This import was stopped."), _("What had been brought until then is in your mailbox."), "warn"
    if brought:
        said = ngettext(
            "%(count)s message was brought to “%(folder)s”.",
            "%(count)s messages were brought to “%(folder)s”.",
            brought,
        )
        return said % words, "", "good"
    return _("Nothing new was brought."), "", "good"


def _paused(failure: str) -> str:
    return {
        "full": _("Your mailbox is full. Make room, then go on: nothing is brought twice."),
        "closed": _("Your mailbox is closed for the moment. The help desk can tell you why; go on afterwards."),
        "away": _("The mailbox has not answered for a long time. Go on later."),
    }.get(failure, _("The mailbox refused this. Go on later, or tell the help desk."))


def _failed(failure: str) -> str:
    return {
        "gone": _("The folder it went to is no longer there. Send the file again and choose another one."),
        "disk": _("The server has no room left. Try again tomorrow, or call your DSDEN."),
    }.get(failure, _("The file could not be read to its end. Send it again."))


def _counts(intake: Intake, parts: list[Part], brought: int, refused: int) -> list[tuple[str, str]]:
    rows = [
        (_("Brought"), brought),
        (_("Already there"), sum(part.known for part in parts)),
        (_("Deleted before"), sum(part.deleted for part in parts)),
        (_("Refused"), refused),
        (_("Files that are no mail"), intake.ignored),
    ]
    return [(name, grouped(count)) for name, count in rows if count or name == rows[0][0]]


def _percent(parts: list[Part]) -> int:
    """Each part by its share of what was sent; letters of an archive count as a middling letter each."""
    weight = {Part.Kind.PACKED_LETTERS: 50_000}
    whole = sum(part.size * weight.get(Part.Kind(part.kind), 1) for part in parts)
    done = sum((part.size if part.over else part.after) * weight.get(Part.Kind(part.kind), 1) for part in parts)
    return min(100, done * 100 // whole) if whole else 100


def _refused(parts: list[Part]) -> list[Refused]:
    labels = {part.pk: part.label for part in parts}
    reasons = {
        "large": _("larger than %s") % size_in_words(LARGEST), "form": _("not a message"), "empty": _("empty"),
        "server": _("the mail server does not accept it"),
    }  # fmt: skip
    rows = Refusal.objects.filter(part__in=list(labels)).order_by("part__number", "place")[:SHOWN]
    return [
        Refused(labels[row.part_id], grouped(row.place), row.subject, reasons.get(row.reason, row.reason))
        for row in rows
    ]
