"""A file that goes with the letter as a link: begun, made of one that is attached, taken out."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.handouts import chunked_upload, link_password
from vaguemestre.handouts.access import coming_handout
from vaguemestre.handouts.limits import UploadRefusedError
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import attached_files
from vaguemestre.webmail.compose.access import file_for
from vaguemestre.webmail.compose.drafts import AlreadySentError, WrittenElsewhereError
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.screens.panes.compose_window import problem_text, show_problems
from vaguemestre.webmail.screens.panes.draft_request import keep_draft, receive_content, save_draft
from vaguemestre.webmail.screens.panes.outage import handles_outage


@require_POST
@with_mailbox
@handles_outage
def begin(request: MailboxRequest, key: str) -> HttpResponse:
    """The form comes with it, so that what was typed is kept. Answers where its pieces go, and how many bytes of it
    are here already."""
    letter = receive_content(request, key)
    name = attached_files.safe_name(request.POST.get("nom", ""))
    try:
        password = link_password.hash_password(request.POST.get("secret", ""))
        outgoing = keep_draft(request, key, letter)
        handout = chunked_upload.begin_upload(
            request.mailbox.mailbox, outgoing.key, name, _number(request, "taille") or 0, request.POST.get("type", ""),
            timezone.now(), modified=_number(request, "modifie"),
        )  # fmt: skip
        link_password.protect_link(handout, password)
    except (AlreadySentError, WrittenElsewhereError, attached_files.NotAttachedError) as problem:
        return show_problems(
            request, key, letter, [problem_text(problem)], elsewhere=isinstance(problem, WrittenElsewhereError)
        )
    except UploadRefusedError as refused:
        return show_problems(request, key, letter, [refused.said])
    place = reverse("handouts:piece", args=[handout.key])
    return HttpResponse(status=201, headers={"Location": place, "X-Received": str(handout.received)})


def _number(request: MailboxRequest, name: str) -> int | None:
    said = request.POST.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 16 else None


@require_POST
@with_mailbox
@handles_outage
def instead(request: MailboxRequest, key: str, file_id: int) -> HttpResponse:
    """A file that is attached goes by a link."""
    return save_draft(request, key, by_link=file_for(request.mailbox.mailbox, key, file_id))


@require_POST
@with_mailbox
@handles_outage
def removal(request: MailboxRequest, key: str, handout: str) -> HttpResponse:
    found = coming_handout(request.mailbox.mailbox, handout)
    return save_draft(request, key, taken_out=found if found.letter == key else None)
