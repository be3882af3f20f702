"""The ready-made letters of a person, and those of the authority beside them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.webmail.models.message_template import ReadyMade

MOST = 100
NAME_LIMIT = 80
SUBJECT_LIMIT = 200
TEXT_LIMIT = 20_000
HTML_LIMIT = 100_000  # bytes
BACK_WITHIN = timedelta(hours=1)
OF_AUTHORITY = "academie-"


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """`id`: as a form says it. `html`: as it is kept, empty for plain text."""

    id: str
    name: str
    subject: str
    text: str
    html: str


def own_templates(account: Account) -> list[MessageTemplate]:
    return [_ready(row) for row in ReadyMade.objects.filter(account=account, removed_at=None)]


def authority_templates() -> list[MessageTemplate]:
    """Read by everybody, changed by nobody here (`academy.toml`)."""
    return [
        MessageTemplate(f"{OF_AUTHORITY}{place}", one.name, one.subject, one.text.strip("\n"), "")
        for place, one in enumerate(academy().ready_made)
    ]


def find_template(account: Account, wanted: str) -> MessageTemplate | None:
    if wanted.startswith(OF_AUTHORITY):
        return next((one for one in authority_templates() if one.id == wanted), None)
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        return None
    row = ReadyMade.objects.filter(account=account, pk=int(wanted), removed_at=None).first()
    return _ready(row) if row else None


def save_template(account: Account, ready: MessageTemplate, now: datetime) -> bool:
    """A new one when it has no id. False when there are too many."""
    values = {"name": ready.name, "subject": ready.subject, "text": ready.text, "html": ready.html, "changed_at": now}
    if ready.id:
        ReadyMade.objects.filter(account=account, pk=int(ready.id)).update(**values)
        return True
    if has_too_many(account):
        return False
    ReadyMade.objects.create(account=account, **values)
    return True


def has_too_many(account: Account) -> bool:
    return ReadyMade.objects.filter(account=account, removed_at=None).count() >= MOST


def remove_template(account: Account, wanted: str, now: datetime) -> None:
    """Those removed before, which nobody can bring back any more, go for good."""
    ReadyMade.objects.filter(account=account, removed_at__lt=now - BACK_WITHIN).delete()
    ReadyMade.objects.filter(account=account, pk=int(wanted)).update(removed_at=now)


def restore_template(account: Account, wanted: str, now: datetime) -> str:
    """Its name; empty when it is gone for good, or was never theirs."""
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19) or has_too_many(account):
        return ""
    row = ReadyMade.objects.filter(account=account, pk=int(wanted), removed_at__gt=now - BACK_WITHIN).first()
    if row is None:
        return ""
    row.removed_at = None
    row.save(update_fields=["removed_at"])
    return row.name


def free_name(account: Account, name: str) -> str:
    """Another one of the same name is told apart by a number."""
    name = " ".join(name.split())[:NAME_LIMIT] or _("Untitled")
    known = set(ReadyMade.objects.filter(account=account, removed_at=None).values_list("name", flat=True))
    number, found = 2, name
    while found in known:
        found, number = f"{name[: NAME_LIMIT - 5]} ({number})", number + 1
    return found


def _ready(row: ReadyMade) -> MessageTemplate:
    return MessageTemplate(str(row.pk), row.name, row.subject, row.text, row.html)
