"""Conversations or messages: how a person's lists are arranged."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import with_mailbox
from vaguemestre.webmail.preferences import authority_defaults
from vaguemestre.webmail.preferences.list_mode import FLAT
from vaguemestre.webmail.return_url import return_url


@require_POST
@with_mailbox
def list_mode(request: StaffRequest) -> HttpResponse:
    authority_defaults.save_choices(request.account, timezone.now(), flat_list=request.POST.get("liste") == FLAT)
    return HttpResponseRedirect(return_url(request, reverse("webmail:home")))
