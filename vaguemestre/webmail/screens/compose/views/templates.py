"""Ready-made letters while one writes: put into the message, made of it, and their variables filled in."""

from dataclasses import replace

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import rich_text
from vaguemestre.webmail.compose.access import outgoing_or_none, template_for
from vaguemestre.webmail.compose.draft_content import DraftContent
from vaguemestre.webmail.compose.message_templates import images, insertion, store
from vaguemestre.webmail.compose.message_templates.insertion import TemplateInsertion
from vaguemestre.webmail.compose.message_templates.store import MessageTemplate
from vaguemestre.webmail.compose.uploaded_image import too_large_text
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.models import OutgoingFile
from vaguemestre.webmail.screens.panes.draft_request import keep_and_show_draft, receive_content
from vaguemestre.webmail.screens.panes.outage import handles_outage


@require_POST
@with_mailbox
@handles_outage
def insert(request: MailboxRequest, key: str) -> HttpResponse:
    """Above what is typed, with a way back. An editor that has a cursor asks for the text alone, and puts it there."""
    letter = _written(request, key)
    found = template_for(request.mailbox.mailbox, request.POST.get("modele", ""))
    ready = insertion.fill_template(found, request.account, letter, timezone.localdate())
    if request.headers.get("X-Insert"):
        return JsonResponse({"html": rich_text.editor_snippet(ready.html), "subject": ready.subject})
    before = TemplateInsertion(found.name, letter.subject, letter.text, letter.html)
    return keep_and_show_draft(
        request, key, _judged(request, key, insertion.insert_above(letter, ready)), inserted=before
    )


@require_POST
@with_mailbox
@handles_outage
def take_out(request: MailboxRequest, key: str) -> HttpResponse:
    """As the message was before; whom it goes to, and its files, stay as they are now."""
    data = request.POST
    letter = replace(
        _written(request, key),
        subject=" ".join(data.get("avant_objet", "").split())[: store.SUBJECT_LIMIT * 4],
        text=data.get("avant_texte", "").replace("\r\n", "\n"), html=data.get("avant_html", ""),
    )  # fmt: skip
    return keep_and_show_draft(request, key, _judged(request, key, letter))


@require_POST
@with_mailbox
@handles_outage
def fill(request: MailboxRequest, key: str) -> HttpResponse:
    """The variables in the message, with whom it goes to now."""
    letter = insertion.fill_draft(_written(request, key), request.account, timezone.localdate())
    return keep_and_show_draft(request, key, _judged(request, key, letter))


@require_POST
@with_mailbox
@handles_outage
def keep_as_ready(request: MailboxRequest, key: str) -> HttpResponse:
    """Its subject and its text; the message itself stays as it is."""
    letter = receive_content(request, key)
    name = store.free_name(request.mailbox.mailbox, letter.subject)
    ready, problem = _taken(request, key, letter, name)
    if not problem and not store.save_template(request.mailbox.mailbox, ready, timezone.now()):
        problem = _("There are %d templates, the most there can be. Delete one first.") % store.MOST
    said = problem or _("Saved as the template “%s”") % name
    return keep_and_show_draft(
        request, key, letter, said=said, wrong=bool(problem), said_url="" if problem else reverse("webmail:ready")
    )


def _taken(request: MailboxRequest, key: str, letter: DraftContent, name: str) -> tuple[MessageTemplate, str]:
    files, given = _files(request, key), rich_text.signature_pictures(request.mailbox.mailbox)
    own = {reverse("webmail:compose-image", args=[key, file.pk]): f"cid:{file.content_id}" for file in files}
    try:
        shown = rich_text.editor_html(letter, key, files)
        html = rich_text.clean_html(shown, lambda address: own.get(address) or given(address)).html if shown else ""
        text, bare = insertion.template_from_draft(letter, html)
        text = rich_text.clean_html(bare).text if bare else text
    except CleanerError:
        return MessageTemplate("", name, "", "", ""), _("The template could not be saved just now. Try again shortly.")
    if not text.strip():
        return MessageTemplate("", name, "", "", ""), _("There is no text yet to save as a template.")
    if len(text) > store.TEXT_LIMIT or len(bare.encode()) > store.HTML_LIMIT:
        return MessageTemplate("", name, "", "", ""), _(
            "This text is too long for a template. Shorten it, then save again."
        )
    try:
        bare = images.copy_images(request.mailbox.mailbox, bare, files, timezone.now())
    except images.ImagesTooLargeError:
        return MessageTemplate("", name, "", "", ""), too_large_text()
    return MessageTemplate("", name, letter.subject[: store.SUBJECT_LIMIT], text, bare), ""


def _written(request: MailboxRequest, key: str) -> DraftContent:
    """What is in the form. What has left is no longer written."""
    outgoing = outgoing_or_none(request.mailbox.mailbox, key)
    if outgoing is not None and not outgoing.is_draft:
        raise Http404("sent")
    return receive_content(request, key)


def _judged(request: MailboxRequest, key: str, letter: DraftContent) -> DraftContent:
    """What stands in a letter by the names of its pictures gets their addresses, which is what is judged."""
    if not letter.html:
        return letter
    shown = rich_text.editor_html(letter, key, _files(request, key))
    return rich_text.clean_content(replace(letter, html=shown), request.mailbox.mailbox, key)


def _files(request: MailboxRequest, key: str) -> list[OutgoingFile]:
    outgoing = outgoing_or_none(request.mailbox.mailbox, key)
    return list(outgoing.files.all()) if outgoing else []
