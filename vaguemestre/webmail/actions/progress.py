"""How far an act on thousands of messages is, in words: one notice an act, until its person puts it away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.web.number_text import number_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.actions import bulk_actions
from vaguemestre.webmail.models import BulkAct

State, Verb = BulkAct.State, BulkAct.Verb
SAYS_MOST = (State.RUNNING, State.FAILED, State.STOPPED, State.DONE)


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """`undo_url`, `stop_url`: empty where there is nothing to take back or to stop."""

    key: str
    said: str
    hint: str
    running: bool
    done: int
    total: int
    stop_url: str
    undo_url: str
    away_url: str


@dataclass(frozen=True, slots=True)
class Board:
    """`running`: the page continues asking. `newest`: which of them the key of "Undo" takes back."""

    notices: list[BulkProgress]
    running: bool
    newest: str


def progress_board(account: Account, now: datetime) -> Board:
    """One query, made only for a browser that has something under way."""
    acts = BulkAct.objects.filter(account=account, shown=True, created_at__gt=now - bulk_actions.KEPT).order_by(
        "created_at"
    )
    together: dict[str, list[BulkAct]] = {}
    for act in acts:
        together.setdefault(act.batch or act.key, []).append(act)
    shown = [_notice(rows, now) for rows in together.values() if not all(_stale(act, now) for act in rows)]
    newest = next((notice.key for notice in reversed(shown) if notice.undo_url), "")
    return Board(shown, any(notice.running for notice in shown), newest)


def _stale(act: BulkAct, now: datetime) -> bool:
    return act.finished_at is not None and act.finished_at < now - bulk_actions.SAID


def _notice(acts: Sequence[BulkAct], now: datetime) -> BulkProgress:
    """One act: the rows of all its folders. The one that says most gives the hint."""
    act = min(acts, key=lambda one: (SAYS_MOST.index(State(one.state)), not one.waiting))
    running, key = act.state == State.RUNNING, min(one.key for one in acts)
    done, total = sum(one.done for one in acts), sum(one.total for one in acts)
    return BulkProgress(
        key=key,
        said=_under_way(act, done, total) if running else _over(act, done),
        hint=_hint(act),
        running=running,
        done=done,
        total=total,
        stop_url=reverse("webmail:bulk-stop", args=[key]) if running and not act.stop_asked else "",
        undo_url=reverse("webmail:bulk-undo", args=[key]) if bulk_actions.can_undo(acts, now) else "",
        away_url="" if running else reverse("webmail:bulk-away", args=[key]),
    )


def _under_way(act: BulkAct, done: int, total: int) -> str:
    count = {"done": number_text(done), "total": number_text(total), "folder": act.label}
    if act.undoes_id and act.verb == Verb.DELETE:
        return _("Deleting again: %(done)s of %(total)s") % count
    if act.undoes_id:
        return _("Putting back: %(done)s of %(total)s") % count
    if act.brings_back:
        return _("Bringing back: %(done)s of %(total)s") % count
    if act.target == bulk_actions.ASIDE:
        return _("Deleting: %(done)s of %(total)s") % count
    sentence = {
        Verb.MOVE: _("Moving to %(folder)s: %(done)s of %(total)s"),
        Verb.READ: _("Marking as read: %(done)s of %(total)s"),
        Verb.UNREAD: _("Marking as unread: %(done)s of %(total)s"),
        Verb.STAR: _("Starring: %(done)s of %(total)s"),
        Verb.UNSTAR: _("Removing the stars: %(done)s of %(total)s"),
        Verb.DELETE: _("Deleting for good: %(done)s of %(total)s"),
        Verb.LABEL: _("Putting the label “%(folder)s” on: %(done)s of %(total)s"),
        Verb.UNLABEL: _("Taking the label “%(folder)s” off: %(done)s of %(total)s"),
        Verb.LATER: _("Putting off: %(done)s of %(total)s"),
    }[Verb(act.verb)]
    return sentence % count


def _over(act: BulkAct, n: int) -> str:
    if act.undoes_id and act.verb == Verb.DELETE:
        return ngettext("%s message deleted again", "%s messages deleted again", n) % number_text(n)
    if act.undoes_id:
        return ngettext("%s message put back", "%s messages put back", n) % number_text(n)
    if act.brings_back:
        return returned_text(n)
    if act.target == bulk_actions.ASIDE:
        return ngettext("%s message deleted", "%s messages deleted", n) % number_text(n)
    return done_text(Verb(act.verb), n, act.label)


def returned_text(n: int) -> str:
    return ngettext("%s message is back in its folder", "%s messages are back in their folders", n) % number_text(n)


def done_text(verb: BulkAct.Verb, n: int, folder: str = "") -> str:
    """What was done to so many messages, be it in the background or while one waited. `folder`: or the name of a label,
    or an hour."""
    words = {"count": number_text(n), "folder": folder, "label": folder, "when": folder}
    sentence = {
        Verb.MOVE: ngettext("%(count)s message moved to %(folder)s", "%(count)s messages moved to %(folder)s", n),
        Verb.READ: ngettext("%(count)s message marked as read", "%(count)s messages marked as read", n),
        Verb.UNREAD: ngettext("%(count)s message marked as unread", "%(count)s messages marked as unread", n),
        Verb.STAR: ngettext("%(count)s message starred", "%(count)s messages starred", n),
        Verb.UNSTAR: ngettext("%(count)s star removed", "%(count)s stars removed", n),
        Verb.DELETE: ngettext("%(count)s message deleted for good", "%(count)s messages deleted for good", n),
        Verb.LABEL: ngettext("Label “%(label)s” put on the message", "Label “%(label)s” put on %(count)s messages", n),
        Verb.UNLABEL: ngettext(
            "Label “%(label)s” taken off the message", "Label “%(label)s” taken off %(count)s messages", n
        ),
        Verb.LATER: ngettext("%(count)s message comes back %(when)s", "%(count)s messages come back %(when)s", n),
    }[verb]
    return sentence % words


def _hint(act: BulkAct) -> str:
    """What the count alone does not say."""
    if act.state == State.RUNNING:
        if act.stop_asked:
            return _("Stopping…")
        return _("The mailbox does not answer; this goes on by itself.") if act.waiting else ""
    if act.state == State.STOPPED:
        return _("Stopped: the others were left as they are.")
    if act.state != State.FAILED:
        return ""
    return {
        "gone": _("A folder is no longer there: the others were left as they are."),
        "full": _("The mailbox is full: the others were left as they are."),
        "closed": _("The mailbox is closed for the moment: the others were left as they are."),
    }.get(act.failure, _("The mailbox refused the rest: the others were left as they are."))
