"""A line of advice, and no more of them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web import toasts
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.mailbox_access import with_mailbox
from vaguemestre.webmail.preferences import tips
from vaguemestre.webmail.return_url import return_url


@require_POST
@with_mailbox
def tip(request: StaffRequest) -> HttpResponse:
    found = tips.say_tip(request.account, request.POST.get("astuce", ""), timezone.now())
    return render(request, "webmail/panes/tip.html", {"tip": found}) if found else HttpResponse(status=204)


@require_POST
@with_mailbox
def no_more(request: StaffRequest) -> HttpResponse:
    tips.save_tip_choice(request.account, timezone.now(), wanted=False)
    said = _("No more tips. The settings of the display bring them back.")
    if is_htmx(request):
        return render(request, "webmail/panes/tip.html", {"said": said})
    return toasts.redirect(return_url(request, own_url("webmail:home")), Toast(said))
