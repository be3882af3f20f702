"""The form of a draft as a request holds it: read, saved, and answered by the compose window."""

from dataclasses import replace
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone

from vaguemestre.handouts import chunked_upload
from vaguemestre.handouts.limits import UploadRefusedError
from vaguemestre.handouts.models import Handout
from vaguemestre.web.htmx import is_htmx
from vaguemestre.webmail.compose import (
    attached_files,
    drafts,
    identities,
    recipient_chips,
    rich_text,
    send_checks,
    signatures,
)
from vaguemestre.webmail.compose.access import outgoing_for, outgoing_or_none
from vaguemestre.webmail.compose.compose_form import compose_form, saved_text
from vaguemestre.webmail.compose.draft_content import DraftContent, draft_content
from vaguemestre.webmail.compose.drafts import AlreadySentError, WrittenElsewhereError
from vaguemestre.webmail.compose.message_templates.insertion import TemplateInsertion
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.models import Outgoing, OutgoingFile
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.screens.panes.compose_window import (
    closing_url,
    current_warnings,
    problem_text,
    show_composer,
    show_problems,
    show_status,
    unsaved_text,
)
from vaguemestre.webmail.trust import junk_attachments


def receive_content(request: MailboxRequest, key: str) -> DraftContent:
    return rich_text.parse_content(request.POST, request.mailbox.mailbox, key)


def save_draft(
    request: MailboxRequest, key: str, *, without: OutgoingFile | None = None, by_link: OutgoingFile | None = None,
    taken_out: Handout | None = None,
) -> HttpResponse:  # fmt: skip
    """`without`: an attachment that goes. `by_link`: one that travels as a link instead. `taken_out`: such a file that
    goes."""
    now = timezone.now()
    letter, typed = recipient_chips.press_chip(receive_content(request, key), request.POST)
    try:
        outgoing = keep_draft(request, key, letter)
    except (AlreadySentError, WrittenElsewhereError) as problem:
        return show_problems(
            request, key, letter, [problem_text(problem)], elsewhere=isinstance(problem, WrittenElsewhereError)
        )
    except attached_files.NotAttachedError as problem:
        return show_problems(request, key, kept_content(request, key, letter), [problem_text(problem)])
    refused = ""
    if without is not None:
        attached_files.remove(without)
    if by_link is not None:
        refused = _by_link(outgoing, by_link, now)
    if taken_out is not None:
        chunked_upload.remove_handout(taken_out)
    status = saved_text(now, drafts.deposit_soon(outgoing, now))
    saved = replace(letter, revision=outgoing.revision, parts=())
    sheet = compose_form(
        request.mailbox, key, saved, back=closing_url(request), outgoing=outgoing, status=status, typed=typed,
        problems=[unsaved_text()] if letter.unkept else [refused] if refused else (),
    )  # fmt: skip
    if not is_htmx(request):
        return show_composer(request, sheet)
    shown = current_warnings(request)
    mended = (
        send_checks.settled_warnings(
            outgoing, signatures.signature_text(lookup.load_preferences(request.mailbox.mailbox)), shown
        )
        if shown
        else []
    )
    return show_status(request, sheet, mended)


def _by_link(outgoing: Outgoing, file: OutgoingFile, now: datetime) -> str:
    """The attachment goes once the link's file is whole. Answers why it stays."""
    try:
        chunked_upload.take_file(outgoing.account, outgoing.key, file.name, file.path, file.type, now, number=file.pk)
    except UploadRefusedError as refused:
        return refused.said
    except (FileNotFoundError, Handout.DoesNotExist):
        return ""  # another press was first, or took it out
    attached_files.remove(file)
    return ""


def keep_and_show_draft(
    request: MailboxRequest, key: str, letter: DraftContent, former: str = "", *,
    inserted: TemplateInsertion | None = None, said: str = "", wrong: bool = False, said_url: str = "",
) -> HttpResponse:  # fmt: skip
    """The whole sheet again. `former`: the formatting that it had until now, and may have again. `inserted`: what it
    was before. `said`: a word about what was done, or what was not (`wrong`)."""
    try:
        outgoing = keep_draft(request, key, letter)
    except (AlreadySentError, WrittenElsewhereError, attached_files.NotAttachedError) as problem:
        elsewhere = isinstance(problem, WrittenElsewhereError)
        return show_problems(request, key, letter, [problem_text(problem)], elsewhere=elsewhere)
    now = timezone.now()
    saved = replace(letter, revision=outgoing.revision, parts=())
    status = saved_text(now, drafts.deposit_soon(outgoing, now))
    sheet = compose_form(
        request.mailbox, key, saved, back=closing_url(request), outgoing=outgoing, former=former, status=status,
        problems=[unsaved_text()] if letter.unkept else [said] if wrong else (),
    )  # fmt: skip
    return show_composer(request, sheet, inserted=inserted, said="" if wrong else said, said_url=said_url)


def keep_draft(request: MailboxRequest, key: str, letter: DraftContent) -> Outgoing:
    """The words first, then the files that came with them. Raises `AlreadySentError`, `WrittenElsewhereError`, and
    `NotAttachedError` once the words are kept."""
    now, force = timezone.now(), request.POST.get("garder") == "1"
    begun = bool(letter.parts or letter.messages) and outgoing_or_none(request.mailbox.mailbox, key) is None
    whole, letter = letter, junk_attachments.without_withheld(request, letter, begun=begun)
    coming = len(letter.parts) + len(letter.messages)
    sender = identities.allowed_sender(request.mailbox.mailbox, letter.sender)
    outgoing = drafts.save(request.mailbox.mailbox, key, letter, sender=sender, now=now, force=force)
    for upload in request.FILES.getlist("fichier"):
        attached_files.add(outgoing, upload)
    if begun and outgoing.files.filter(content_id="").count() < coming + len(request.FILES.getlist("fichier")):
        raise attached_files.SourceGoneError
    if begun and letter is not whole:
        raise attached_files.LeftInJunkError
    return outgoing


def kept_content(request: MailboxRequest, key: str, letter: DraftContent) -> DraftContent:
    """The letter as it is kept now, for the window that is open."""
    return replace(draft_content(outgoing_for(request.mailbox.mailbox, key), letter.writer), resumes=letter.resumes)
