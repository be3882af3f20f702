from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail import fetching, pictures, preferences, presets
from vaguemestre.webmail.views.settings.page import saved, show


@require_safe
@signed_in
def images(request: StaffRequest) -> HttpResponse:
    context = {
        "trusted": pictures.trusted(request.account), "fetched": fetching.shows_images(),
        "contacts": preferences.of(request.account).contact_images,
    }  # fmt: skip
    return show(request, "images", context)


@require_POST
@signed_in
def contacts(request: StaffRequest) -> HttpResponse:
    presets.choose(request.account, timezone.now(), contact_images=request.POST.get("contacts") == "1")
    return saved(request, "images", _("Choice saved"))


@require_POST
@signed_in
def removal(request: StaffRequest, trust_id: int) -> HttpResponse:
    if not pictures.distrust(request.account, trust_id):
        raise Http404("trust")
    return saved(request, "images", _("Their images are blocked again"))
