from django.http import Http404, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.mailbox.sandbox.cleaner import Written
from vaguemestre.web.number_text import octets_text
from vaguemestre.webmail.compose import rich_text, signature_choice, signature_images, signatures
from vaguemestre.webmail.compose.access import signature_picture_for
from vaguemestre.webmail.compose.signature_choice import NamedSignature
from vaguemestre.webmail.compose.uploaded_image import receive_image
from vaguemestre.webmail.content.attachments import inline_response
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.preferences import authority_defaults, lookup
from vaguemestre.webmail.screens.settings_pages.page import render_settings, saved_response

HTML_LIMIT = 20_000  # bytes: it goes with every message


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def signature(request: MailboxRequest) -> HttpResponse:
    if request.method != "POST":
        chosen = lookup.load_preferences(request.mailbox.mailbox)
        return _page(request, signatures.signature_text(chosen), signatures.signature_html(chosen))
    typed, html, problem = _received(request)
    if problem:
        return _page(request, typed, html, problem)
    signatures.save_signature(request.mailbox.mailbox, signatures.clean_signature(typed), html, now=timezone.now())
    return saved_response(request, "signature", _("Signature saved"))


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def another(request: MailboxRequest, signature_id: str = "") -> HttpResponse:
    """One more, with a name; a new one without an id."""
    chosen = lookup.load_preferences(request.mailbox.mailbox)
    known = signature_choice.find_signature(chosen, signature_id)
    if (signature_id and known is None) or (not signature_id and len(chosen.signatures) >= signature_choice.MOST):
        raise Http404("signature")
    if request.method != "POST":
        return _another(request, known or NamedSignature("", "", "", ""))
    typed, html, problem = _received(request)
    name = " ".join(request.POST.get("nom", "").split())[: signature_choice.NAME_LIMIT]
    text = signatures.clean_signature(typed)
    named = NamedSignature(signature_id, name, text, html or signatures.html_lines(text))
    if problem or not name or not text:
        return _another(request, named, problem or _("Give it a name and at least one line."))
    signature_choice.save_signature(request.mailbox.mailbox, named, timezone.now())
    return saved_response(request, "signature", _("Signature saved"))


@require_POST
@with_mailbox
def removal(request: MailboxRequest, signature_id: str) -> HttpResponse:
    if signature_choice.find_signature(lookup.load_preferences(request.mailbox.mailbox), signature_id) is None:
        raise Http404("signature")
    signature_choice.remove_signature(request.mailbox.mailbox, signature_id, timezone.now())
    return saved_response(request, "signature", _("Signature removed"))


@require_POST
@with_mailbox
def use(request: MailboxRequest) -> HttpResponse:
    """Which signature goes where, and how new messages begin."""
    signature_choice.save_use(
        request.mailbox.mailbox, request.POST.get("nouveaux", ""), request.POST.get("reponses", ""),
        plain=request.POST.get("format") == "brut", now=timezone.now(),
    )  # fmt: skip
    return saved_response(request, "signature", _("Saved"))


def _received(request: MailboxRequest) -> tuple[str, str, str]:
    """Its words, the same formatted, and what is wrong. Without a script the words come alone, or beside a formatting
    that they no longer have."""
    typed, html = request.POST.get("texte"), request.POST.get("html", "")
    made = Written("", typed or "")
    if html:
        try:
            made = rich_text.clean_html(html, rich_text.signature_pictures(request.mailbox.mailbox))
        except CleanerError:
            return typed or "", "", _("The signature could not be saved just now. Try again shortly.")
        if typed is not None and typed.split() != made.text.split():
            made = Written("", typed)
    too_long = len(made.text) > signatures.LONGEST or len(made.html) > HTML_LIMIT
    if too_long or signatures.clean_signature(made.text).count("\n") >= signatures.MOST_LINES:
        return made.text, made.html, _("A signature has %d lines at most.") % signatures.MOST_LINES
    if "<img" in made.html and not signatures.clean_signature(made.text):
        return made.text, made.html, _("Write at least your name: a picture alone is not seen by everybody.")
    if signature_images.images_size(request.mailbox.mailbox, made.html) > signature_images.size_limit():
        return made.text, made.html, _too_heavy()
    return made.text, made.html, ""


def _too_heavy() -> str:
    words = _("The pictures of a signature go with every message: %s in all at most. Take a smaller one.")
    return words % octets_text(signature_images.size_limit())


@require_POST
@with_mailbox
def pictures(request: MailboxRequest) -> HttpResponse:
    """One for a signature that is being written."""
    return receive_image(request, signature_images.SIGNATURE, _too_heavy())


@require_safe
@with_mailbox
def picture(request: MailboxRequest, picture_id: int) -> HttpResponse:
    """To its owner alone: as it was drawn again here."""
    kept = signature_picture_for(request.mailbox.mailbox, picture_id)
    return inline_response(request, bytes(kept.content), kept.type, "signature")


@require_POST
@with_mailbox
def reset(request: MailboxRequest) -> HttpResponse:
    """Back to the words of HR, which follow the posts."""
    signatures.save_signature(request.mailbox.mailbox, None, now=timezone.now())
    return saved_response(request, "signature", _("The signature is again as it was at first"))


def _page(request: MailboxRequest, text: str, html: str, problem: str = "") -> HttpResponse:
    of_posts, chosen = (
        signatures.authority_signature(request.mailbox.mailbox),
        lookup.load_preferences(request.mailbox.mailbox),
    )
    context = {
        "of_posts": of_posts, "own": text != of_posts or html != signatures.html_lines(of_posts),
        "others": signature_choice.other_signatures(chosen),
        "may_add": len(chosen.signatures) < signature_choice.MOST, "chosen": chosen, "none": signature_choice.NONE,
        "advanced": authority_defaults.has_defaults(
            begins_with=chosen.begins_with, answers_with=chosen.answers_with, writes_plain=chosen.writes_plain
        ),
        **_field(request, text, html, problem),
    }  # fmt: skip
    return render_settings(request, "signature", context, status=422 if problem else 200)


def _another(request: MailboxRequest, named: NamedSignature, problem: str = "") -> HttpResponse:
    context = {"named": named, **_field(request, named.text, named.html, problem)}
    return render_settings(request, "signature_other", context, status=422 if problem else 200, at="signature")


def _field(request: MailboxRequest, text: str, html: str, problem: str) -> dict[str, object]:
    return {
        "may_show": signature_images.size_limit() > 0,
        "text": text, "problem": problem, "longest": signatures.LONGEST, "sender": request.mailbox.mailbox.display_name,
        "html": rich_text.editor_snippet(html) or rich_text.BLANK,
        "shown": mark_safe(rich_text.editor_snippet(html)) if html else linebreaksbr(text),  # noqa: S308  # it was cleaned
    }  # fmt: skip
