"""What is said of labels that were put on or taken off, and the same asked for in the background."""

from collections.abc import Mapping

from vaguemestre.mailbox.imap.list_filters import HasKeyword
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.values import Flag, MailboxId
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.actions import bulk_actions, flags, progress
from vaguemestre.webmail.actions.flags import FlagUndo
from vaguemestre.webmail.labels import labels
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.undo import with_gone_text

Verb = BulkAct.Verb


def label_toast(request: MailboxRequest, done: FlagUndo) -> Toast | None:
    said = with_gone_text(_said(request, done), done.count, done.gone)
    return Toast(said, done.signed(), undo_at=flags.UNDO_AT) if said else None


def label_request(
    request: MailboxRequest, session: Session, keyword: Flag, places: Mapping[MailboxId, UidSet]
) -> bulk_actions.BulkRequest:
    """On, as soon as one of them does not bear it."""
    put = any(session.among(folder, uids, HasKeyword(keyword, yes=False)) for folder, uids in places.items())
    chip = labels.load_labels(request.mailbox.mailbox).find(keyword) or labels.neutral_chip(keyword)
    return bulk_actions.BulkRequest(Verb.LABEL if put else Verb.UNLABEL, label=chip.name, flag=keyword)


def _said(request: MailboxRequest, done: FlagUndo) -> str:
    chip = labels.load_labels(request.mailbox.mailbox).find(done.flag) or labels.neutral_chip(done.flag)
    return progress.done_text(Verb.LABEL if done.put else Verb.UNLABEL, done.count, chip.name)
