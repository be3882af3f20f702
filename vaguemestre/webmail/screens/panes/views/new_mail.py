"""What a page that nobody looks at asks for when mail has come; and what a browser needs to install the webmail."""

from dataclasses import asdict
from functools import lru_cache

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.web import branding
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.screens.panes import new_mail
from vaguemestre.webmail.screens.panes.outage import handles_outage

# The service worker may ask for nothing: its notices have their picture, and that is all.
WORKER_POLICY = "default-src 'none'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
GROUND, SLATE = "#f4f2ee", "#2b4a6b"  # of tokens.css, which a manifest cannot read


@require_safe
@with_mailbox
@handles_outage
def news(request: MailboxRequest) -> HttpResponse:
    word = request.GET.get("depuis", "")
    after = int(word) if word.isascii() and word.isdigit() and len(word) <= new_mail.LONGEST else 0
    with open_mailbox(request.mailbox) as session:
        found = new_mail.fetch_new_mail(request.account, session, after, request.GET.get("aussi", ""))
    return JsonResponse(asdict(found))


@require_safe
@with_mailbox
def manifest(_request: MailboxRequest) -> HttpResponse:
    """A window of its own, and a place among the applications. No promise to work without the network."""
    home = reverse("webmail:home")
    icons = [
        {"src": branding.icon_url(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (("192", 192, "any"), ("512", 512, "any"), ("maskable", 512, "maskable"))
    ]
    told = {
        "id": home, "start_url": home, "scope": "/", "lang": "fr", "dir": "ltr", "display": "standalone",
        "name": _("Mail, %s") % academy().title, "short_name": _("Mail"), "description": _("Staff mail"),
        "background_color": GROUND, "theme_color": academy().brand.accent or SLATE, "icons": icons,
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
def notices(_request: HttpRequest) -> HttpResponse:
    """The service worker: under the webmail's own address, so that it can speak of no other page. The same for
    everybody, and for a browser that asks whether there is a newer one when nobody is signed in."""
    try:
        response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    except FileNotFoundError as error:
        raise Http404("notices.js") from error
    response["Content-Security-Policy"] = WORKER_POLICY
    response["Cache-Control"] = "no-cache"
    return response


@lru_cache(maxsize=1)
def _worker() -> bytes:
    with staticfiles_storage.open("notices.js") as file:
        return bytes(file.read())
