"""Remote images: fetched for a message that is being read, and whose are always shown."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web import file_tickets, toasts
from vaguemestre.web.file_redirects import redirect_to_files
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.content.attachments import disposition
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.trust import fetch_policy, remote_images


@require_safe
@with_mailbox
@handles_outage
def remote_image(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """Asks the mailbox nothing: the address was made for this account when the message was shown. It is fetched by
    `files`."""
    url = remote_images.read_image_token(request.GET.get("u", ""), request.mailbox.key, folder_id, uid)
    if url is None or not fetch_policy.shows_images():
        raise Http404("image")
    again = f"{request.path}?{urlencode({'u': request.GET['u'], 'encore': '1'})}"
    response = redirect_to_files(file_tickets.PICTURE, {"url": url, "reader": request.mailbox.key, "again": again})
    response["Content-Disposition"] = disposition("inline", "image")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def trust(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponseBase:
    """For this sender, or for all of the domain; the page asks where no script has put the question in the reader."""
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
    sender = message.row.sender.address if message.row.sender else ""
    if not fetch_policy.shows_images() or not remote_images.domain_of(sender):
        raise Http404("images")
    back = reverse("webmail:message", args=[folder_id, uid])
    domain = remote_images.domain_choice(sender)
    if request.method != "POST":
        return render(request, "webmail/reader/remote_images.html", {"sender": sender, "domain": domain, "back": back})
    chosen = f"@{domain}" if request.POST.get("pour") == "domaine" and domain else sender
    remote_images.trust(request.account, chosen, timezone.now())
    said = _("Images of %s are shown from now on") % (domain if chosen.startswith("@") else sender)
    return toasts.redirect(return_url(request, back), Toast(said))
