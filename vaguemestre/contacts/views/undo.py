"""What was just done to the address book, taken back."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.contacts import undo as contacts_undo
from vaguemestre.contacts.access import undoable_for
from vaguemestre.contacts.views.page import said, way_back


@require_POST
@signed_in
def undo(request: StaffRequest) -> HttpResponse:
    found = undoable_for(request.account, request.POST.get("fait", ""))
    if found is None or not contacts_undo.undo_act(found, now=timezone.now()):
        return said(way_back(request), _("It is too late to undo this."))
    return said(way_back(request), _("Undone"))
