"""Writing: the sheet, and what it keeps."""

from dataclasses import replace

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web.htmx import is_htmx
from vaguemestre.webmail import drafts, enclosures, preferences, signature
from vaguemestre.webmail.access import file_for, outgoing_for, outgoing_or_none
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.composer import composer, saved_in_words
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.drafts import AlreadySent, WrittenElsewhere
from vaguemestre.webmail.letter import Letter, from_form, of_draft, without
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.recipients import parse, written
from vaguemestre.webmail.sheet import (
    back_of,
    finished,
    in_words,
    show_composer,
    show_problems,
    show_status,
)
from vaguemestre.webmail.toasts import Toast, Undo


@require_safe
@signed_in
def new(request: StaffRequest) -> HttpResponse:
    """A link may say to whom and about what; nothing is kept until something is written."""
    blank = _blank(request)
    letter = replace(
        blank,
        to=written(parse(request.GET.get("a", "")[:4000])),
        subject=request.GET.get("objet", "")[:500],
        text=request.GET.get("texte", "")[:20000] + blank.text,
    )
    return show_composer(request, composer(request.account, new_key(), letter, back=back_of(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@mailbox_screen
def draft(request: StaffRequest, key: str) -> HttpResponse:
    """POST keeps: after a pause in typing, by the button, or without a script by any other press in the form."""
    if request.method == "POST":
        return _save(request, key)
    outgoing = outgoing_or_none(request.account, key)
    if outgoing is not None and not outgoing.is_draft:
        return HttpResponseRedirect(reverse("webmail:waiting"))
    letter = of_draft(outgoing, new_key()) if outgoing else _blank(request)
    return show_composer(request, composer(request.account, key, letter, back=back_of(request), outgoing=outgoing))


@require_POST
@signed_in
@mailbox_screen
def close(request: StaffRequest, key: str) -> HttpResponse:
    """Closing keeps what was written; a sheet on which nothing was written leaves nothing behind."""
    now, letter = timezone.now(), from_form(request.POST)
    if outgoing_or_none(request.account, key) is None and letter.fingerprint == request.POST.get("debut"):
        return finished(request, None)
    try:
        outgoing = keep(request, key, letter)
    except (AlreadySent, WrittenElsewhere):
        return finished(request, None)
    except enclosures.TooLarge as problem:
        return show_problems(request, key, kept(request, key, letter), [in_words(problem)])
    deposited = drafts.deposit_soon(outgoing, now, however_heavy=True)
    return finished(request, Toast(saved_in_words(now, deposited=deposited)))


@require_POST
@signed_in
@mailbox_screen
def discard(request: StaffRequest, key: str) -> HttpResponse:
    """To the bin, and back with one press."""
    outgoing = outgoing_or_none(request.account, key)
    if outgoing is None:
        return finished(request, None)
    if not outgoing.is_draft:
        raise Http404("sent")
    with open_mailbox(request) as session:
        binned = drafts.discard(outgoing, session, timezone.now())
    undoing = (
        Undo(request.account.key, binned[0], binned[1], [int(uid) for uid in binned[2]]).signed() if binned else ""
    )
    return finished(request, Toast(_("Draft thrown away"), undoing))


@require_POST
@signed_in
@mailbox_screen
def file_removal(request: StaffRequest, key: str, file_id: int) -> HttpResponse:
    """The cross of a file sends the whole form: what was typed meanwhile is kept too."""
    enclosures.remove(file_for(request.account, key, file_id))
    return _save(request, key)


def _blank(request: StaffRequest) -> Letter:
    """Nothing but the signature."""
    chosen = preferences.of(request.account)
    return Letter(writer=new_key(), text=signature.below(chosen), asks_receipt=chosen.asks_receipts)


def _save(request: StaffRequest, key: str) -> HttpResponse:
    now = timezone.now()
    letter = without(from_form(request.POST), request.POST.get("retirer", ""))
    try:
        outgoing = keep(request, key, letter)
    except (AlreadySent, WrittenElsewhere) as problem:
        return show_problems(request, key, letter, [in_words(problem)], elsewhere=isinstance(problem, WrittenElsewhere))
    except enclosures.TooLarge as problem:
        return show_problems(request, key, kept(request, key, letter), [in_words(problem)])
    status = saved_in_words(now, deposited=drafts.deposit_soon(outgoing, now))
    saved = replace(letter, revision=outgoing.revision, parts=())
    sheet = composer(request.account, key, saved, back=back_of(request), outgoing=outgoing, status=status)
    return show_status(request, sheet) if is_htmx(request) else show_composer(request, sheet)


def keep(request: StaffRequest, key: str, letter: Letter) -> Outgoing:
    """The words first, then the files that came with them."""
    now, force = timezone.now(), request.POST.get("garder") == "1"
    outgoing = drafts.save(request.account, key, letter, sender=request.account.address, now=now, force=force)
    for upload in request.FILES.getlist("fichier"):
        enclosures.add(outgoing, upload)
    return outgoing


def kept(request: StaffRequest, key: str, letter: Letter) -> Letter:
    """The letter as it is kept now, for the window that is open."""
    return replace(of_draft(outgoing_for(request.account, key), letter.writer), resumes=letter.resumes)
