"""What happened to one key, latest first, from the journal."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account, OtpKey
from vaguemestre.accounts.notices.journal_text import act_text, details_text
from vaguemestre.audit.models import Entry

LONGEST = 100
_BAD = {"otp-key.blocked", "otp-key.lost"}


@dataclass(frozen=True)
class KeyEvent:
    at: datetime
    sentence: str
    detail: str
    who: str
    about: str
    bad: bool


def key_history(key: OtpKey) -> list[KeyEvent]:
    """Its own lines while it was nobody's, and those of each holder that name it."""
    holders = list(key.holdings.values_list("account_id", flat=True))
    theirs = Q(subject__in=holders, act__startswith="otp-key.", details__serial=key.serial)
    entries = list(Entry.objects.filter(Q(subject=key.subject) | theirs).order_by("-at", "-id")[:LONGEST])
    named = {entry.actor for entry in entries} | {entry.subject for entry in entries}
    people = {account.key: account for account in Account.objects.filter(pk__in=named).select_related("person")}
    return [_event(entry, people) for entry in entries]


def _event(entry: Entry, people: dict[str, Account]) -> KeyEvent:
    about = people.get(entry.subject)
    details = {name: value for name, value in entry.details.items() if name != "serial"}
    return KeyEvent(
        entry.at, act_text(entry.act), details_text(details), _name(entry.actor, people),
        about.display_name if about and entry.actor != entry.subject else "", entry.act in _BAD,
    )  # fmt: skip


def _name(actor: str, people: dict[str, Account]) -> str:
    if actor in people:
        return people[actor].display_name
    return _("an operator") if actor.startswith("operator:") else _("the service itself")
