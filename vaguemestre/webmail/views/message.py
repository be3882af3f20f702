"""One message beside its list, and what it is made of."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import NoSuchMessage
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.htmx import is_htmx
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.correspondents import own_addresses
from vaguemestre.webmail.reading import read
from vaguemestre.webmail.screen import desk, place_of, show


@require_safe
@signed_in
@mailbox_screen
def message(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    now, place = timezone.now(), place_of(request, folder_id)
    mine, as_text = own_addresses(request.account), request.GET.get("vue") == "texte"
    with open_mailbox(request) as session:
        try:
            reading = read(session, place, uid, mine=mine, now=now, as_text=as_text, mark=opened_by_a_person(request))
        except NoSuchMessage:
            shown = desk(request, session, place, now=now, mine=mine)
            return show(
                request, replace(shown, view="reader"), status=410 if is_htmx(request) else 404, more={"gone": True}
            )
        shown = desk(request, session, place, now=now, reading=reading, current=uid, mine=mine)
    return show(request, shown)


@require_safe
@signed_in
@mailbox_screen
def source(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """The header lines as they came, for the help desk that asks where a mail comes from."""
    with open_mailbox(request) as session:
        found = session.message(folder_id, uid)
    return render(request, "webmail/source.html", {"message": found, "folder_id": folder_id, "uid": uid})


def opened_by_a_person(request: StaffRequest) -> bool:
    """A browser that fetches ahead of a click, or looks at the head only, has not read the mail."""
    purpose = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    return request.method == "GET" and "prefetch" not in purpose and "prerender" not in purpose
