"""One sentence at the head of a folder where something happens by itself."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.mailbox.matching import WAITS_FOR, Only
from vaguemestre.mailbox.messages import Folder


def of(folder: Folder, only: Only | None = None) -> str:
    if only == "awaiting":
        return _("Your messages of the last %d days that nobody has answered.") % WAITS_FOR
    if folder.role == "later":
        return _("Each message goes back to its folder at its hour.")
    if folder.role == "trash" and (days := academy().mail.trash_days):
        said = ngettext(
            "Messages in the bin are deleted after %d day.", "Messages in the bin are deleted after %d days.", days
        )
        return said % days
    if folder.role == "junk" and (days := academy().mail.junk_days):
        return ngettext("Junk is deleted after %d day.", "Junk is deleted after %d days.", days) % days
    return ""
