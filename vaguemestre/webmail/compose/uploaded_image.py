"""An image for a signature or a template that is being written."""

from typing import assert_never

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.web.number_text import octets_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import signature_images
from vaguemestre.webmail.compose.signature_images import ImageRefusal, ImageRefusedError
from vaguemestre.webmail.mailbox_access import MailboxRequest


def receive_image(request: MailboxRequest, use: signature_images.Use, too_heavy: str) -> HttpResponse:
    """Answers where it is, or says why it is not kept."""
    upload = request.FILES.get("image")
    if not isinstance(upload, UploadedFile) or not signature_images.size_limit(use):
        raise Http404("no picture")
    try:
        kept = signature_images.add_image(request.mailbox.mailbox, upload, timezone.now(), use)
    except ImageRefusedError as refused:
        text = refusal_text(refused.reason, too_heavy)
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=201, headers={"Location": reverse("webmail:signature-image", args=[kept.pk])})


def refusal_text(reason: ImageRefusal, too_heavy: str) -> str:
    match reason:
        case ImageRefusal.KIND:
            return _("This file is no picture that a message can show (PNG, JPEG, GIF or WebP).")
        case ImageRefusal.LARGE:
            return _("This picture is too large to be made small here: reduce it on your device first.")
        case ImageRefusal.MANY:
            return _("There are many pictures of yours already. Save what you write, then try again in some days.")
        case ImageRefusal.HEAVY:
            return too_heavy
    assert_never(reason)


def too_large_text() -> str:
    words = _("The pictures of a template weigh %s in all at most. Take smaller ones.")
    return words % octets_text(signature_images.OF_TEMPLATE)
