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
from vaguemestre.helpdesk.caller import caller_identification
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
    agent: Account, account: Account, now: datetime, *, form: BackupChoice | None = None, refused: str = ""
) -> dict[str, Any]:
    restoration = mailbox_restorations.open_restoration(account)
    if restoration:
        mailbox_restorations.advance(restoration, now)
    shown: dict[str, Any] = {"restoration": restoration, "refused": refusal_text(refused) if refused else ""}
    if restoration and restoration.state in MailboxRestoration.OPEN:
        shown["text"] = restoration_text(restoration)
        offered = restoration.state == State.FOUND and may_choose(agent, restoration, now)
        return shown | (_offer(restoration) if offered else {})
    shown["proof"] = caller_identification.valid_proof(agent, account, now)
    return shown | _days(account, form) | told_restoration(account, now)


def may_choose(agent: Account, restoration: MailboxRestoration, now: datetime) -> bool:
    """Names of folders are shown to whoever knew who was calling: the agent who began, though the quarter of an hour
    be over when a large mailbox has been looked into, or one who has asked since."""
    if restoration.ordered_by == agent.key:
        return True
    return caller_identification.valid_proof(agent, restoration.account, now) is not None


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
    offered = []
    for found in mailbox_restorations.found_folders(restoration):
        if not found.missing:
            continue  # what the person calls the others is nobody's business
        name, fits = folder_text(found.name), room is None or found.octets <= room
        offered.append(OfferedFolder(found.guid, name, found.messages, found.missing, found.octets, fits))
    octets = sum(folder.octets for folder in offered)
    return {
        "offered": offered,
        "missing": sum(folder.missing for folder in offered),
        "octets": octets,
        "all_fits": room is None or octets <= room,
        "room": room,
        "place": mailbox_restorations.place_name(restoration),
    }
