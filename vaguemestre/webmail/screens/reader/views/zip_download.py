"""The messages that are chosen, as files of one archive: for a file that is handed over, or kept elsewhere."""

from collections.abc import Iterator, Sequence

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web import toasts
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.actions.selection import count_places, select
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.content.attachments import download_response, file_stem
from vaguemestre.webmail.content.header_text import message_date, subject_text
from vaguemestre.webmail.mailbox_access import MailboxAccess, MailboxRequest, with_mailbox
from vaguemestre.webmail.people import bcc_record
from vaguemestre.webmail.reader.zip_download import zip_chunks
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import folder_url
from vaguemestre.webmail.trust import junk_attachments
from vaguemestre.webmail.undo import with_gone_text

MOST = 500  # messages of one archive; the copy of the whole mailbox is a page of its own


@require_POST
@with_mailbox
@handles_outage
def save_chosen(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponseBase:
    with open_mailbox(request.mailbox) as session:
        places = select(request, session, folder_id, whole=True).places
        meant = count_places(places)
        spots = [(folder, uid) for folder, uids in places.items() for uid in uids.uids] if meant <= MOST else []
        return _archive(request, session, spots, meant, folder_url(folder_id) if folder_id else "/webmail/")


def _archive(
    request: MailboxRequest, session: Session, spots: Sequence[Spot], meant: int, back: str
) -> HttpResponseBase:
    """Each message is fetched when its turn has come: no more than one is in hand."""
    rows = session.rows(spots) if spots else {}
    if not rows:
        said = _("%s messages at most are saved at once.") % number_text(MOST) if meant > MOST else ""
        gone = with_gone_text("", 0, meant)
        return toasts.redirect(return_url(request, back), Toast(said or gone or _("No message is chosen.")))
    if junk_attachments.withheld_files(junk_attachments.parse_consent(request), session, rows):
        said = _("Nothing was saved: messages with files are in Junk. Open them first, or say they are not junk.")
        return toasts.redirect(return_url(request, back), Toast(said, tone="bad"))
    now = timezone.now()
    in_order = sorted(rows, key=lambda spot: message_date(rows[spot]))
    entries = [
        (f"{file_stem(subject_text(rows[spot].subject), 'message')}.eml", _source(request.mailbox, spot))
        for spot in in_order
    ]
    return download_response(
        zip_chunks(entries, now), f"messages-{timezone.localtime(now):%Y-%m-%d}.zip", "application/zip"
    )


def _source(access: MailboxAccess, spot: Spot) -> Iterator[bytes]:
    """A message that has gone meanwhile breaks the download off, as a file does (`attachments.bundle`)."""
    with open_mailbox(access) as session:
        pieces = session.source(*spot)
    yield from bcc_record.without_seals(pieces)
