from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail.mailbox_access import with_mailbox
from vaguemestre.webmail.preferences import authority_defaults, lookup
from vaguemestre.webmail.screens.settings_pages.page import render_settings, saved_response
from vaguemestre.webmail.trust import fetch_policy, remote_images


@require_safe
@with_mailbox
def images(request: StaffRequest) -> HttpResponse:
    context = {
        "trusted": remote_images.trusted_senders(request.account), "fetched": fetch_policy.shows_images(),
        "contacts": lookup.load_preferences(request.account).contact_images,
    }  # fmt: skip
    return render_settings(request, "images", context)


@require_POST
@with_mailbox
def contacts(request: StaffRequest) -> HttpResponse:
    authority_defaults.save_choices(request.account, timezone.now(), contact_images=request.POST.get("contacts") == "1")
    return saved_response(request, "images", _("Choice saved"))


@require_POST
@with_mailbox
def removal(request: StaffRequest, trust_id: int) -> HttpResponse:
    if not remote_images.distrust(request.account, trust_id):
        raise Http404("trust")
    return saved_response(request, "images", _("Their images are blocked again"))
