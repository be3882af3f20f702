"""Letters on which nothing was written: no copy of them stands among the drafts, and closing them leaves nothing.

A sheet may be kept without a word of its author's: signing in again keeps all that is open, a press on "Send" keeps
before it checks, what was typed may be taken out again.
"""

from vaguemestre.handouts import message_links
from vaguemestre.webmail.compose import send_checks, signature_choice
from vaguemestre.webmail.compose.draft_content import content_text
from vaguemestre.webmail.models import MailMerge, Outgoing
from vaguemestre.webmail.preferences import lookup


def is_empty(outgoing: Outgoing) -> bool:
    """As it began, with the files that it began with; or a new letter without recipient, subject, text or file."""
    if not (_is_as_it_began(outgoing) or _says_nothing(outgoing)):
        return False
    linked = message_links.handouts_of_draft(outgoing.account_id, outgoing.key)
    return not linked and not MailMerge.objects.filter(pk=outgoing.pk).exists()


def note_choice_of_files(outgoing: Outgoing) -> None:
    """Its author has chosen what is enclosed: that alone is worth keeping."""
    Outgoing.objects.filter(pk=outgoing.pk).exclude(begun="").update(begun="")
    outgoing.begun = ""


def _is_as_it_began(outgoing: Outgoing) -> bool:
    return bool(outgoing.begun) and outgoing.begun == content_text(outgoing)


def _says_nothing(outgoing: Outgoing) -> bool:
    """Also under another signature than the one it began with."""
    if outgoing.kind != Outgoing.Kind.NEW or outgoing.source_folder:
        return False
    if outgoing.to or outgoing.cc or outgoing.bcc or outgoing.subject or "<img" in outgoing.html:
        return False
    signature = signature_choice.signature_for_new(lookup.load_preferences(outgoing.account), outgoing.sender)
    return not send_checks.own_words(outgoing.text, signature.text) and not outgoing.files.exists()
