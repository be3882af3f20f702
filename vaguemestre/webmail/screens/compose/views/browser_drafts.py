"""What was typed and never reached the server: offered again, and taken up without writing over what is there."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import browser_drafts, drafts, identities
from vaguemestre.webmail.compose.access import outgoing_or_none
from vaguemestre.webmail.compose.compose_form import compose_form, saved_text
from vaguemestre.webmail.compose.draft_content import DraftContent, draft_content
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.screens.panes.compose_window import closing_url, show_composer, unsaved_text
from vaguemestre.webmail.screens.panes.draft_request import receive_content
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.trust import junk_attachments


@require_POST
@with_mailbox
def copies(request: MailboxRequest) -> HttpResponse:
    """A browser says which copies it has: what is news is offered, above the letters that are open or on the desk."""
    news, here = browser_drafts.unknown_and_stale(
        request.mailbox.mailbox, browser_drafts.parse_browser_drafts(request.POST, timezone.now())
    )
    opened = request.POST.getlist("ouverte")[: browser_drafts.MOST]
    context = {
        "others": [copy for copy in news if copy.key not in opened],
        "opened": [(key, [copy for copy in news if copy.key == key]) for key in opened],
        "here": here, "shelf": browser_drafts.browser_draft_list(request),
    }  # fmt: skip
    return render(request, "webmail/compose/browser_drafts.html", context)


@require_POST
@with_mailbox
@handles_outage
def take_up(request: MailboxRequest, key: str) -> HttpResponse:
    """The copy becomes the letter. What another window has kept meanwhile stays a draft of its own; when the letter
    has left, the copy is another one."""
    now, letter, writer, apart = (
        timezone.now(),
        receive_content(request, key),
        request.POST.get("fenetre", "")[:32],
        False,
    )
    known = outgoing_or_none(request.mailbox.mailbox, key)
    if known is not None and not known.is_draft:
        key, known, letter = new_key(), None, replace(letter, revision=0)
    if known is not None and known.writer != letter.writer and letter.revision < known.revision:
        with open_mailbox(request.mailbox) as session:
            drafts.set_apart(known, session, now)
        apart = True
    letter = junk_attachments.without_withheld(request, letter, begun=known is None)
    sender = identities.allowed_sender(request.mailbox.mailbox, letter.sender)
    outgoing = drafts.save(request.mailbox.mailbox, key, letter, sender=sender, now=now, force=True)
    copy = drafts.deposit_soon(outgoing, now)
    status = _("The other text stays among the drafts.") if apart else saved_text(now, copy)
    shown = replace(draft_content(outgoing, new_key()), unkept=letter.unkept)
    sheet = compose_form(
        request.mailbox, key, shown, back=closing_url(request), outgoing=outgoing, status=status,
        problems=[unsaved_text()] if letter.unkept else (),
    )  # fmt: skip
    response = show_composer(request, sheet, taken="" if letter.unkept else writer)
    response["HX-Push-Url"] = sheet.url
    return response


@require_POST
@with_mailbox
@handles_outage
def keep_text(request: MailboxRequest, key: str) -> HttpResponse:
    """What was typed in a shared mailbox that is open no longer, in its letter `key`, as a draft of one's own: another
    letter, which answers nothing there and has none of its files."""
    own, now = new_key(), timezone.now()
    typed = receive_content(request, own)
    letter = DraftContent(
        to=typed.to, cc=typed.cc, bcc=typed.bcc, subject=typed.subject, text=typed.text, html=typed.html,
        unkept=typed.unkept, writer=new_key(),
    )  # fmt: skip
    account = request.mailbox.mailbox
    sender = identities.default_sender(account, lookup.load_preferences(account))
    outgoing = drafts.save(account, own, letter, sender=sender, now=now, force=True)
    shown = replace(draft_content(outgoing, letter.writer), unkept=letter.unkept)
    sheet = compose_form(
        request.mailbox, own, shown, back=reverse("webmail:home"), outgoing=outgoing,
        status=saved_text(now, drafts.deposit_soon(outgoing, now)),
        problems=[unsaved_text()] if letter.unkept else (),
    )  # fmt: skip
    response = show_composer(
        request, sheet, said=_("Kept among your drafts: it would leave in your own name."), taken=typed.writer or key
    )
    response["HX-Push-Url"] = sheet.url
    return response
