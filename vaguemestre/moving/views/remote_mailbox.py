"""A mailbox elsewhere: tried, then begun or given up by the person who has seen what is in it."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.mail_access import mailbox_closure
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.moving import imap_copy, import_jobs, progress_text
from vaguemestre.moving.access import own_intake
from vaguemestre.moving.connection import open_mailbox_of
from vaguemestre.moving.remote_mailbox import PORTS, RemoteMailboxError
from vaguemestre.moving.views.uploads import show_page
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast

LONGEST = 200
TRIALS, PER = 20, timedelta(hours=1)  # nobody guesses the passwords of others through us
AT = {"name": "serveur", "inside": "serveur", "tls": "serveur", "login": "passe"}


@sensitive_post_parameters("passe")
@require_POST
@signed_in
def trial(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    if closed := mailbox_closure.reading_closed_text(request.account, now):
        return show_page(request, closed, status=403, at="serveur")
    host, user = request.POST.get("serveur", "").strip(), request.POST.get("identifiant", "").strip()
    password, word = request.POST.get("passe", ""), request.POST.get("port", "")
    port = int(word) if word.isascii() and word.isdigit() and len(word) < 6 else PORTS[1]
    if not (host and user and password) or not _fit(user) or not _fit(password) or len(host) > LONGEST:
        return show_page(request, _("Fill in the server, the identifier and the password."), status=422, at="serveur")
    if not rate_limit.take_one("moving.trial", request.account.key, limit=TRIALS, per=PER, now=now):
        return show_page(request, progress_text.server_refused_text("often"), status=429, at="serveur")
    try:
        imap_copy.try_server(request.account, host, port, user, password, now=now)
    except RemoteMailboxError as failed:
        said = progress_text.server_refused_text(failed.reason)
        return show_page(request, said, status=422, at=AT.get(failed.reason, "serveur"))
    except import_jobs.AlreadyUnderWayError:
        pass  # the page shows the one that is there
    return redirect("moving:moving")


@require_POST
@signed_in
def beginning(request: StaffRequest, key: str) -> HttpResponse:
    intake, now = own_intake(request.account, key), timezone.now()
    response = redirect("moving:moving")
    try:
        with open_mailbox_of(request.account.key) as session:
            inbox = session.by_role("inbox")
    except MailboxError:
        toasts.say(response, Toast(_("The mailbox does not answer. Begin again in a moment.")))
        return response
    whole = "tout" in request.POST
    if not imap_copy.begin_copy(intake, inbox=str(inbox.id) if inbox else "", now=now, whole=whole):
        toasts.say(response, Toast(_("This trial is too old. Try the connection again.")))
    return response


def _fit(text: str) -> bool:
    return len(text) <= LONGEST and text.isprintable()
