"""Ready-made letters: one's own, and those of the authority beside them, which nobody changes here."""

from dataclasses import replace

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import rich_text, signature_images
from vaguemestre.webmail.compose.access import own_template_for, template_for
from vaguemestre.webmail.compose.message_templates import insertion, store
from vaguemestre.webmail.compose.message_templates.store import MessageTemplate
from vaguemestre.webmail.compose.uploaded_image import receive_image, too_large_text
from vaguemestre.webmail.content.plain_text import linked_text
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.screens.settings_pages.page import render_settings, saved_response


@require_safe
@with_mailbox
def ready(request: MailboxRequest) -> HttpResponse:
    mine = store.own_templates(request.mailbox.mailbox)
    context = {
        "mine": mine, "may_add": len(mine) < store.MOST,
        "authority": [(one, linked_text(one.text)) for one in store.authority_templates()],
    }  # fmt: skip
    return render_settings(request, "ready", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def letter(request: MailboxRequest, ready_id: str = "") -> HttpResponse:
    """One of one's own; a new one without an id."""
    kept = own_template_for(request.mailbox.mailbox, ready_id) if ready_id else MessageTemplate("", "", "", "", "")
    if request.method != "POST":
        return _page(request, kept)
    typed, problem = _received(request, kept.id)
    if not problem and not store.save_template(request.mailbox.mailbox, typed, timezone.now()):
        problem = _full()
    if problem:
        return _page(request, typed, problem)
    return saved_response(request, "ready", _("Template “%s” saved") % typed.name)


@require_POST
@with_mailbox
def copy(request: MailboxRequest, ready_id: str) -> HttpResponse:
    """Also of the authority's: the copy is one's own, and may be changed."""
    found = template_for(request.mailbox.mailbox, ready_id)
    name = store.free_name(request.mailbox.mailbox, found.name)
    if not store.save_template(
        request.mailbox.mailbox, replace(found, id="", name=name, html=insertion.template_html(found)), timezone.now()
    ):
        return _back(Toast(_full()))
    return _back(Toast(_("Template “%s” made") % name))


@require_POST
@with_mailbox
def removal(request: MailboxRequest, ready_id: str) -> HttpResponse:
    found = own_template_for(request.mailbox.mailbox, ready_id)
    store.remove_template(request.mailbox.mailbox, found.id, timezone.now())
    return _back(Toast(_("Template “%s” deleted") % found.name, found.id, undo_at="webmail:ready-restore"))


@require_POST
@with_mailbox
def restore(request: MailboxRequest) -> HttpResponse:
    name = store.restore_template(request.mailbox.mailbox, request.POST.get("fait", ""), timezone.now())
    return _back(Toast(_("Template “%s” is back") % name if name else _("It is too late to undo this.")))


def _received(request: MailboxRequest, ready_id: str) -> tuple[MessageTemplate, str]:
    """What was typed, and what is wrong. Without a script the words come beside a formatting they may have lost."""
    typed, html = request.POST.get("texte", "").replace("\r\n", "\n"), request.POST.get("html", "")
    name = " ".join(request.POST.get("nom", "").split())[: store.NAME_LIMIT]
    subject = " ".join(request.POST.get("objet", "").split())[: store.SUBJECT_LIMIT]
    found = MessageTemplate(ready_id, name, subject, typed, "")
    if html:
        try:
            made = rich_text.clean_html(html, rich_text.signature_pictures(request.mailbox.mailbox))
        except CleanerError:
            return found, _("The template could not be saved just now. Try again shortly.")
        if "texte" not in request.POST or typed.split() == made.text.split():
            found = replace(found, text=made.text, html=made.html)
    if not name or not found.text.strip():
        return found, _("Give it a name and some text.")
    if len(found.text) > store.TEXT_LIMIT or len(found.html.encode()) > store.HTML_LIMIT:
        return found, _("This text is too long for a template. Shorten it, then save again.")
    if signature_images.images_size(request.mailbox.mailbox, found.html) > signature_images.OF_TEMPLATE:
        return found, too_large_text()
    return found, ""


@require_POST
@with_mailbox
def pictures(request: MailboxRequest) -> HttpResponse:
    """One for a template that is being written."""
    return receive_image(request, signature_images.TEMPLATE, too_large_text())


def _page(request: MailboxRequest, found: MessageTemplate, problem: str = "") -> HttpResponse:
    html = insertion.template_html(found) if found.text or found.html else ""
    context = {
        "ready": found, "problem": problem, "html": rich_text.editor_snippet(html) or rich_text.BLANK,
        "longest": store.TEXT_LIMIT,
    }  # fmt: skip
    return render_settings(request, "ready_letter", context, status=422 if problem else 200, at="ready")


def _full() -> str:
    return _("There are %d templates, the most there can be. Delete one first.") % store.MOST


def _back(toast: Toast) -> HttpResponse:
    response = HttpResponseRedirect(reverse("webmail:ready"))
    toasts.say(response, toast)
    return response
