"""What the page of a restoration shows: the days to choose from, or how far it is, or the folders found."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.backup.mailbox import mailbox_restorations
from vaguemestre.backup.mailbox.mailbox_restorations import RestorationRefusedError
from vaguemestre.backup.mailbox.mailbox_sentences import folder_text, refusal_text, restoration_text
from vaguemestre.backup.models import MailboxRestoration
from vaguemestre.helpdesk.forms import BackupChoice

TOLD = timedelta(days=7)  # as long an ended one is spoken of
State = MailboxRestoration.State


@dataclass(frozen=True)
class OfferedFolder:
    guid: str
    name: str
    messages: int
    missing: int
    octets: int
    fits: bool


def restoration_page(
    account: Account, now: datetime, *, form: BackupChoice | None = None, refused: str = ""
) -> dict[str, Any]:
    restoration = mailbox_restorations.open_restoration(account)
    if restoration:
        mailbox_restorations.advance(restoration, now)
    shown: dict[str, Any] = {"restoration": restoration, "refused": refusal_text(refused) if refused else ""}
    if restoration and restoration.state in MailboxRestoration.OPEN:
        shown["text"] = restoration_text(restoration)
        return shown | (_offer(restoration) if restoration.state == State.FOUND else {})
    return shown | _days(account, form) | told_restoration(account, now)


def told_restoration(account: Account, now: datetime) -> dict[str, Any]:
    """How the last one ended, or that one is under way: for the page of the person too."""
    last = mailbox_restorations.last_restoration(account, now - TOLD)
    return {"last": last, "last_text": restoration_text(last) if last else ""}


def _days(account: Account, form: BackupChoice | None) -> dict[str, Any]:
    if account.state != Account.State.OPEN:
        return {"runs": [], "unreadable": refusal_text("not-open")}
    try:
        runs = mailbox_restorations.known_runs(account)
    except RestorationRefusedError as refused:
        return {"runs": [], "unreadable": refusal_text(refused.word)}
    return {"runs": runs, "form": form or BackupChoice(runs=runs or []), "recover_days": academy().mail.recover_days}


def _offer(restoration: MailboxRestoration) -> dict[str, Any]:
    room = restoration.room
    offered, whole = [], []
    for found in mailbox_restorations.found_folders(restoration):
        name = folder_text(found.name)
        if not found.missing:
            whole.append(name)
            continue
        fits = room is None or found.octets <= room
        offered.append(OfferedFolder(found.guid, name, found.messages, found.missing, found.octets, fits))
    octets = sum(folder.octets for folder in offered)
    return {
        "offered": offered,
        "whole": whole,
        "missing": sum(folder.missing for folder in offered),
        "octets": octets,
        "all_fits": room is None or octets <= room,
        "room": room,
        "place": mailbox_restorations.place_name(restoration),
    }
