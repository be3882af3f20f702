"""Parts of the desk that say the same until what they are made of changes: drawn once, however often they are shown.

Each is drawn from the values that are its key, and from nothing else; no anti-forgery token is ever part of one."""

from dataclasses import dataclass
from functools import lru_cache

from django.template import loader
from django.utils.safestring import SafeString

from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail.folders import Column
from vaguemestre.webmail.labels import Chip, Line
from vaguemestre.webmail.snooze.moments import Choice

KEPT = 512  # of each; about 10 KB apiece


@dataclass(frozen=True, slots=True)
class Acts:
    """What may be done to the messages chosen in a list; `here` is where some of them come back to."""

    id: MailboxId | str
    role: str
    inbox: MailboxId | None
    destinations: tuple[tuple[MailboxId, str], ...]
    later: tuple[Choice, ...]
    labels: tuple[Chip, ...]
    here: str


@lru_cache(maxsize=KEPT)
def bulk_acts(acts: Acts, _language: str | None) -> SafeString:
    desk = {"list": acts, "labels": {"choices": [(chip, False) for chip in acts.labels]}, "here": acts.here}
    return _drawn("webmail/bulk_acts.html", {"list": acts, "desk": desk})


@lru_cache(maxsize=KEPT)
def folders(
    column: Column, labels: tuple[Line, ...], waiting: int, in_queue: bool, _language: str | None
) -> SafeString:
    desk = {"column": column, "labels": {"lines": labels}, "waiting": waiting, "in_queue": in_queue}
    return _drawn("webmail/folders/tree.html", {"desk": desk})


def _drawn(template: str, context: dict[str, object]) -> SafeString:
    return SafeString(loader.get_template(template).render(context))
