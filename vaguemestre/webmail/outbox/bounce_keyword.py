"""The mark of a message that did not reach somebody: a keyword on its copy in Sent, and on the report that says so, so
that lists show it and ask nothing for it. It goes once every address was reached, or sent to again."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.errors import MailboxRefusedError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import UNDELIVERED, MailboxId, Uid
from vaguemestre.webmail.models.delivery_report import LONGEST_ID, RESENT, DeliveryReport

Kind = DeliveryReport.Kind
_ENDS_IT = (Kind.READ, Kind.DISCARDED, Kind.DELIVERED, RESENT)


def load_reports(account: Account, message_id: str) -> list[DeliveryReport]:
    """All that came back about a message, and what was sent again of it; the oldest first."""
    return list(DeliveryReport.objects.filter(account=account, message_id=message_id[:LONGEST_ID]).order_by("at"))


def failed_recipients(rows: Iterable[DeliveryReport]) -> dict[str, DeliveryReport]:
    """Whom it did not reach, and nothing says that this is over."""
    rows = list(rows)
    ended = {row.address: row.at for row in rows if row.kind in _ENDS_IT}  # the latest, by their order
    failed = [row for row in rows if row.kind == Kind.FAILED]
    return {row.address: row for row in failed if row.address not in ended or ended[row.address] < row.at}


def mark_bounced(session: Session, places: Mapping[MailboxId, Sequence[Uid]], *, put: bool) -> None:
    """What was moved or deleted is passed over."""
    for folder, uids in places.items():
        with suppress(MailboxRefusedError):
            session.store(folder, uids, **{"add" if put else "remove": [UNDELIVERED]})


def note_resent(
    session: Session, account: Account, folder: MailboxId, uid: Uid, recipients: Sequence[str], now: datetime
) -> None:
    """It has left once more. An address that was mended stands for the one that is nearest to it. Raises
    `NoSuchMessageError`."""
    message = session.message(folder, uid)
    lost = failed_recipients(load_reports(account, message.message_id))
    if not lost or not recipients:
        return
    meant = {one.lower(): one for one in recipients if one.lower() in lost}
    if not meant:
        meant = {get_close_matches(recipients[0].lower(), lost, n=1, cutoff=0)[0]: recipients[0]}
    for address, to in meant.items():
        DeliveryReport.objects.update_or_create(
            account=account, message_id=message.message_id[:LONGEST_ID], address=address, kind=RESENT,
            defaults={"at": now, "said": to, "folder": folder, "uid": uid},
        )  # fmt: skip
    rows = load_reports(account, message.message_id)
    if not failed_recipients(rows):
        mark_bounced(session, {folder: [uid]}, put=False)
        mark_bounced(session, report_places(rows), put=False)


def report_places(rows: Iterable[DeliveryReport]) -> dict[MailboxId, list[Uid]]:
    """Where the reports of its failures lay when they were read."""
    found: dict[MailboxId, list[Uid]] = {}
    for row in rows:
        if row.kind == Kind.FAILED:
            found.setdefault(MailboxId(row.folder), []).append(Uid(row.uid))
    return found
