"""Writing: the sheet, and what it keeps."""

from dataclasses import replace

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import (
    attached_files,
    drafts,
    identities,
    rich_text,
    signature_choice,
    signature_swap,
    signatures,
)
from vaguemestre.webmail.compose.access import file_for, outgoing_or_none
from vaguemestre.webmail.compose.compose_form import compose_form, saved_text
from vaguemestre.webmail.compose.draft_content import DraftContent, draft_content
from vaguemestre.webmail.compose.drafts import AlreadySentError, WrittenElsewhereError
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.content.attachments import inline_response
from vaguemestre.webmail.mailbox_access import (
    MailboxAccess,
    MailboxRequest,
    inside,
    with_mailbox,
    writable_elsewhere,
)
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.people import mailto
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.screens.panes.compose_window import (
    close_window,
    closing_url,
    problem_text,
    show_composer,
    show_problems,
    unsaved_text,
)
from vaguemestre.webmail.screens.panes.draft_request import (
    keep_and_show_draft,
    keep_draft,
    kept_content,
    receive_content,
    save_draft,
)
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.undo import Undo


@require_safe
@with_mailbox
@handles_outage
def new(request: MailboxRequest) -> HttpResponse:
    """A link may say to whom and about what; nothing is kept until something is written."""
    blank, key = _blank(request), new_key()
    said = (
        mailto.parse_mailto(request.GET["mailto"])
        if "mailto" in request.GET
        else mailto.parse_compose_link(request.GET)
    )
    words = said.body[:20000]
    letter = replace(blank, to=said.to, cc=said.cc, bcc=said.bcc, subject=said.subject[:500], text=words + blank.text)
    if words and blank.html:
        letter = rich_text.clean_content(
            replace(letter, html=rich_text.html_of_text(words) + blank.html), request.mailbox.mailbox, key
        )
    hidden = [_("This link puts somebody in hidden copy. Check who receives the message before you send it.")]
    problems = hidden if said.bcc else []
    return show_composer(
        request, compose_form(request.mailbox, key, letter, back=closing_url(request), problems=problems)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def draft(request: MailboxRequest, key: str) -> HttpResponse:
    """POST keeps: after a pause in typing, by the button, or without a script by any other press in the form."""
    if request.method == "POST":
        return save_draft(request, key)
    outgoing = outgoing_or_none(request.mailbox.mailbox, key)
    if outgoing is not None and outgoing.state == Outgoing.State.MERGED:
        return HttpResponseRedirect(reverse("webmail:mailing", args=[key]))
    if outgoing is not None and not outgoing.is_draft:
        if is_htmx(request):
            return close_window(request, Toast(_("This message has already left.")))
        return HttpResponseRedirect(reverse("webmail:waiting"))
    letter = draft_content(outgoing, new_key()) if outgoing else _blank(request)
    return show_composer(
        request, compose_form(request.mailbox, key, letter, back=closing_url(request), outgoing=outgoing)
    )


@require_POST
@with_mailbox
@handles_outage
def close(request: MailboxRequest, key: str) -> HttpResponse:
    """Closing keeps what was written; a sheet on which nothing was written leaves nothing behind, unless it is only
    reduced."""
    now, letter, reduced = timezone.now(), receive_content(request, key), "reduire" in request.POST
    untouched = letter.fingerprint == request.POST.get("debut") and not reduced
    if untouched and (letter.revision == 0 or outgoing_or_none(request.mailbox.mailbox, key) is None):
        return close_window(request, None)  # what another window has kept of it stays
    try:
        outgoing = keep_draft(request, key, letter)
        if letter.unkept:
            return show_problems(request, key, replace(letter, revision=outgoing.revision), [unsaved_text()])
    except AlreadySentError:
        return close_window(request, None)
    except WrittenElsewhereError as problem:
        return show_problems(request, key, letter, [problem_text(problem)], elsewhere=True)
    except attached_files.NotAttachedError as problem:
        return show_problems(request, key, kept_content(request, key, letter), [problem_text(problem)])
    copy = drafts.deposit_soon(outgoing, now, however_heavy=True)
    if not reduced and drafts.erase_empty(outgoing):
        return close_window(request, None)
    return close_window(request, Toast(saved_text(now, copy)))


@require_POST
@with_mailbox
@handles_outage
def own_tab(request: MailboxRequest, key: str) -> HttpResponse:
    """The form was sent into a new tab: there the letter continues, over the whole page."""
    letter = receive_content(request, key)
    try:
        outgoing = keep_draft(request, key, letter)
    except (AlreadySentError, WrittenElsewhereError, attached_files.NotAttachedError) as problem:
        return show_problems(
            request, key, letter, [problem_text(problem)], elsewhere=isinstance(problem, WrittenElsewhereError)
        )
    if letter.unkept:
        return show_problems(request, key, replace(letter, revision=outgoing.revision), [unsaved_text()])
    drafts.deposit_soon(outgoing, timezone.now())
    return HttpResponseRedirect(f"{reverse('webmail:compose', args=[key])}?plein=1")


@require_POST
@with_mailbox
@handles_outage
def discard(request: MailboxRequest, key: str) -> HttpResponse:
    """To the bin, and back with one press."""
    outgoing = outgoing_or_none(request.mailbox.mailbox, key)
    if outgoing is None:
        return close_window(request, None)
    if not outgoing.is_draft:
        raise Http404("sent")
    try:
        with open_mailbox(request.mailbox) as session:
            binned = drafts.discard(outgoing, session, timezone.now())
    except AlreadySentError as problem:
        return close_window(request, Toast(problem_text(problem)))
    undoing = (
        Undo(request.mailbox.key, binned[0], binned[1], [int(uid) for uid in binned[2]]).signed() if binned else ""
    )
    return close_window(request, Toast(_("Draft thrown away"), undoing))


@require_POST
@with_mailbox
@handles_outage
def file_removal(request: MailboxRequest, key: str, file_id: int) -> HttpResponse:
    """The cross of a file sends the whole form: what was typed meanwhile is kept too. In a window that is behind, or
    of a letter that waits for its hour, nothing is taken away."""
    return save_draft(request, key, without=file_for(request.mailbox.mailbox, key, file_id))


@require_POST
@with_mailbox
@handles_outage
def format_change(request: MailboxRequest, key: str) -> HttpResponse:
    """To plain text, which says what is lost and offers it back; or to formatted text, which loses nothing."""
    letter, former = receive_content(request, key), ""
    if request.POST.get("format") == "riche":
        before = request.POST.get("html_avant", "")
        letter = replace(letter, html=before) if before else replace(letter, html=rich_text.html_of_text(letter.text))
        letter = rich_text.clean_content(letter, request.mailbox.mailbox, key)
    else:
        former, letter = letter.html, replace(letter, html="")
    return keep_and_show_draft(request, key, letter, former)


@require_POST
@with_mailbox
@handles_outage
def sender_change(request: MailboxRequest, key: str) -> HttpResponse:
    """From another address of theirs: its signature takes the place of the other one's. That of another mailbox takes
    the letter along."""
    wanted = (request.POST.get("boite") or request.POST.get("de", "")).lower()
    there = next((one for one in writable_elsewhere(request.mailbox) if one.mailbox.address.lower() == wanted), None)
    letter, chosen = receive_content(request, key), lookup.load_preferences(request.mailbox.mailbox)
    if there:
        return _into_another_mailbox(request, key, letter, there)
    before, new = request.POST.get("de_avant", ""), letter.kind == Outgoing.Kind.NEW
    former, mine = (signature_choice.signature_for_message(chosen, one, new=new) for one in (before, letter.sender))
    return keep_and_show_draft(request, key, signature_swap.swap_signature(letter, former, mine), "")


def _into_another_mailbox(
    request: MailboxRequest, key: str, letter: DraftContent, there: MailboxAccess
) -> HttpResponse:
    """Kept where it is, then taken along; the sheet comes back as that mailbox has it."""
    new = letter.kind == Outgoing.Kind.NEW
    accounts = request.mailbox.mailbox, there.mailbox
    former, mine = (
        signature_choice.signature_for_message(lookup.load_preferences(one), one.address, new=new) for one in accounts
    )
    try:
        outgoing = keep_draft(request, key, letter)
        drafts.change_mailbox(outgoing, there.mailbox)
    except drafts.BoundToMailboxError:
        said = _("Files that travel as a link, and mailings, stay with the mailbox that they were begun in.")
        return keep_and_show_draft(request, key, replace(letter, revision=outgoing.revision), said=said, wrong=True)
    except (AlreadySentError, WrittenElsewhereError, attached_files.NotAttachedError) as problem:
        elsewhere = isinstance(problem, WrittenElsewhereError)
        return show_problems(request, key, letter, [problem_text(problem)], elsewhere=elsewhere)
    letter = replace(letter, sender=there.mailbox.address, revision=outgoing.revision, parts=(), messages=())
    request.mailbox = there
    with inside(there):
        return keep_and_show_draft(request, key, signature_swap.swap_signature(letter, former, mine))


@require_POST
@with_mailbox
@handles_outage
def pictures(request: MailboxRequest, key: str) -> HttpResponse:
    """A picture for the text, and the form with it, so that what was typed is kept. Answers where the picture is."""
    letter, upload = receive_content(request, key), request.FILES.get("image")
    if not isinstance(upload, UploadedFile):
        raise Http404("no picture")
    try:
        outgoing = keep_draft(request, key, letter)
        file = attached_files.add_picture(outgoing, upload)
    except (
        AlreadySentError,
        WrittenElsewhereError,
        attached_files.NotAttachedError,
        attached_files.NotAPictureError,
    ) as problem:
        return HttpResponse(problem_text(problem), status=422, content_type="text/plain; charset=utf-8")
    drafts.note_change(outgoing, timezone.now())
    return HttpResponse(status=201, headers={"Location": reverse("webmail:compose-image", args=[key, file.pk])})


@require_safe
@with_mailbox
def picture(request: MailboxRequest, key: str, file_id: int) -> HttpResponse:
    """As the text of the letter shows it. Only true pictures, whatever they are called."""
    file = file_for(request.mailbox.mailbox, key, file_id)
    content = file.path.read_bytes() if file.content_id else b""
    true = file_signatures.true_type(content[: file_signatures.HEAD])
    if true not in attached_files.PICTURES:
        raise Http404("not an image")
    if file_signatures.has_too_many_points(content):
        return HttpResponse(status=204)
    return inline_response(request, content, true, file.name)


def _blank(request: MailboxRequest) -> DraftContent:
    """Nothing but the signature."""
    chosen = lookup.load_preferences(request.mailbox.mailbox)
    sender = identities.default_sender(request.mailbox.mailbox, chosen)
    mine = signature_choice.signature_for_new(chosen, sender)
    letter = DraftContent(
        writer=new_key(),
        text=signatures.new_message_foot(mine.text),
        asks_receipt=chosen.asks_receipts,
        sender=sender,
        signed=mine.text,
    )
    return letter if chosen.writes_plain else replace(letter, html=signatures.signature_block(mine.html))
