"""How far an import is, what it brought and what it refused, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.moving import import_jobs
from vaguemestre.moving.mbox import LARGEST
from vaguemestre.moving.models import Intake, Part, Refusal, Remote
from vaguemestre.moving.remote_folders import LEFT_OUT, folders_of
from vaguemestre.web.number_text import number_text, octets_text

SHOWN = 100  # refusals
State = Intake.State


@dataclass(frozen=True, slots=True)
class Refused:
    where: str
    place: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """`tone`: "good", "warn" or "bad"; empty while it continues. `percent`: of what was sent. `acts`: buttons."""

    key: str
    said: str
    hint: str
    tone: str
    running: bool
    percent: int
    counts: list[str]
    refused: list[Refused]
    refused_more: int
    stop_url: str
    resume_url: str
    undo_url: str
    folder_url: str


def import_progress(intake: Intake, now: datetime) -> ImportProgress:
    """Three queries for one that runs, four for one that is over and has refused something."""
    parts = list(intake.parts.order_by("number"))
    brought, refused = sum(part.brought_count for part in parts), sum(part.refused for part in parts)
    listed = _refused(parts) if refused and intake.state not in Intake.UNDER_WAY else []
    source = Remote.objects.filter(intake=intake).first()
    copying = source is not None and bool(source.sealed)
    said, hint, tone = _copying(source) if source and copying and _runs(intake) else _sentences(intake, brought)
    undo = brought and import_jobs.can_undo(intake, now)
    return ImportProgress(
        intake.key, said, hint, tone, intake.state in Intake.UNDER_WAY, _percent(parts, source),
        _counts(intake, parts, refused) if intake.state != State.UNDONE else [], listed,
        max(0, refused - len(listed)) if listed else 0,
        reverse("moving:stop", args=[intake.key]) if intake.state in {State.RUNNING, State.PAUSED} else "",
        reverse("moving:resume", args=[intake.key]) if _may_go_on(intake) else "",
        reverse("moving:undo", args=[intake.key]) if undo else "",
        f"/webmail/dossiers/{intake.target}/" if brought and intake.state not in {State.UNDOING, State.UNDONE} else "",
    )  # fmt: skip


def file_refused_text(name: str, reason: str) -> str:
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
    return sentences[reason] % {"name": name, "limit": octets_text(LARGEST)}


def not_sent_text(word: str) -> str:
    """Why the web server turned files away before the product saw them."""
    sentences = {
        "trop-gros": _("What you chose is larger than %s together. Send it in several parts.") % limit_text(),
        "trop-nombreux": _("Two large files are on their way already. Wait until one has arrived, then send this one."),
    }
    return sentences.get(word, "")


def limit_text() -> str:
    """Of all that is sent at once, as the web server has it."""
    return octets_text(academy().mail.quota_mb * 5 // 4 * 1_000_000)


def server_refused_text(reason: str) -> str:
    """Why a mailbox elsewhere does not open, and what to do."""
    return {
        "name": _("No server has this name. Look at the settings of the mail program that you used there."),
        "inside": _("This server cannot be reached from here. Give the name of the public mail server."),
        "time": _("The server is too slow to answer. Try again in a moment."),
        "tls": _("This server does not prove that it is the one it says: nothing was sent to it. Check its name."),
        "login": _(
            "The server refuses this identifier with this password. Some providers (Gmail, Yahoo, Orange) want IMAP "
            "switched on and a password made for programs."
        ),
        "broken": _("What answers there is not a mail server as we know them. Check the name and the port."),
        "refused": _("The server refuses to be read. Check the name and the port."),
        "large": _("This mailbox is larger than yours may be. Import some of its folders from files instead."),
        "disk": _("The server has no room left. Try again tomorrow, or call your DSDEN."),
        "often": _("Too many trials. Try again in an hour."),
    }.get(reason, _("The server does not answer. Check the name and the port, or try again later."))


def _runs(intake: Intake) -> bool:
    return intake.state == State.RUNNING


def _may_go_on(intake: Intake) -> bool:
    """After a refused password there is nothing to continue with: one begins again with the right one."""
    return intake.state == State.PAUSED and intake.failure not in {"r-login", "r-tls", "r-inside", "r-name", "r-large"}


def _copying(source: Remote) -> tuple[str, str, str]:
    words = {"done": number_text(source.copied), "total": number_text(source.total), "host": source.host}
    said = _("Reading from %(host)s: %(done)s of %(total)s messages") % words
    return said, _("You can leave this page: it goes on without you."), ""


def _sentences(intake: Intake, brought: int) -> tuple[str, str, str]:
    words = {"count": number_text(brought), "folder": intake.target_label}
    match intake.state:
        case State.RUNNING if not intake.target_label:
            said = ngettext("%(count)s message put in its place", "%(count)s messages put in their place", brought)
            return said % words, _("You can leave this page: it goes on without you."), ""
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
    if brought and not intake.target_label:
        said = ngettext("%(count)s message was brought.", "%(count)s messages were brought.", brought)
        return said % words, _("Each folder is where it was over there."), "good"
    if brought:
        said = ngettext(
            "%(count)s message was brought to “%(folder)s”.",
            "%(count)s messages were brought to “%(folder)s”.",
            brought,
        )
        return said % words, "", "good"
    return _("Nothing new was brought."), "", "good"


def _paused(failure: str) -> str:
    if failure.startswith("r-"):
        return server_refused_text(failure[2:])
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


def _counts(intake: Intake, parts: list[Part], refused: int) -> list[str]:
    """Beside what was brought."""
    rows = [
        (ngettext("%s was there already", "%s were there already", sum(part.known for part in parts)),
         sum(part.known for part in parts)),
        (ngettext("%s had been deleted before", "%s had been deleted before", sum(part.deleted for part in parts)),
         sum(part.deleted for part in parts)),
        (ngettext("%s refused", "%s refused", refused), refused),
        (ngettext("%s file is no mail", "%s files are no mail", intake.ignored), intake.ignored),
    ]  # fmt: skip
    return [words % number_text(count) for words, count in rows if count]


def _percent(parts: list[Part], source: Remote | None) -> int:
    """Each part by its share of what was sent; letters of an archive count as a middling letter each. What comes from
    elsewhere has been half-way when all of it is copied."""
    if source is not None and source.sealed:
        return min(50, source.copied * 50 // source.total) if source.total else 0
    stored = _stored(parts)
    return 50 + stored // 2 if source is not None else stored


def _stored(parts: list[Part]) -> int:
    weight = {Part.Kind.PACKED_LETTERS: 50_000}
    whole = sum(part.size * weight.get(Part.Kind(part.kind), 1) for part in parts)
    done = sum((part.size if part.over else part.after) * weight.get(Part.Kind(part.kind), 1) for part in parts)
    return min(100, done * 100 // whole) if whole else 100


def _refused(parts: list[Part]) -> list[Refused]:
    labels = {part.pk: part.label for part in parts}
    reasons = {
        "large": _("larger than %s") % octets_text(LARGEST), "form": _("not a message"), "empty": _("empty"),
        "server": _("the mail server does not accept it"),
    }  # fmt: skip
    rows = Refusal.objects.filter(part__in=list(labels)).order_by("part__number", "place")[:SHOWN]
    return [
        Refused(labels[row.part_id], number_text(row.place), row.subject or "–", reasons.get(row.reason, row.reason))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class RemoteFolderLine:
    """A folder elsewhere: `goes` says where its messages go."""

    name: str
    total: str
    goes: str


def folders(intake: Intake) -> list[RemoteFolderLine]:
    goes = {"inbox": _("Inbox"), "sent": _("Sent"), "drafts": _("Drafts"), "archive": _("Archives")}
    return [
        RemoteFolderLine(
            one.name.replace("/", " / "), number_text(one.total),
            _("left there") if one.role in LEFT_OUT else str(goes.get(one.role, one.name.replace("/", " / "))),
        )
        for one in folders_of(intake.remote)
    ]  # fmt: skip
