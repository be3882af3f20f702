"""A restoration in words, for agents and operators: where it stands, and why it failed with what to do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from vaguemestre.backup.models import MailboxRestoration
from vaguemestre.web.date_text import full_date

State = MailboxRestoration.State
_OPERATORS = gettext_lazy("The backup cannot be read. Tell the operators, then try again.")
REFUSALS: Mapping[str, str | Promise] = {
    "not-configured": gettext_lazy("No backup is set up on this installation."),
    "away": gettext_lazy("The backup does not answer. Try again in a few minutes; if it lasts, tell the operators."),
    "reading": gettext_lazy("The list of backups is still being read. Send the form again in a moment."),
    "not-open": gettext_lazy("This account is not open: nothing is brought back into its mailbox."),
    "already-running": gettext_lazy("Messages are being brought back into this mailbox already. Wait for the end."),
    "another-agent": gettext_lazy(
        "Somebody else of the help desk is looking into this mailbox. Wait until they are done."
    ),
    "too-late": gettext_lazy("This restoration has ended meanwhile. Begin again: choose the day."),
    "no-folder": gettext_lazy("Choose a folder of the list."),
    "room": gettext_lazy(
        "The mailbox has no room for these messages, and nothing was copied. Have the person make room, or choose "
        "a smaller folder."
    ),
    "disk": gettext_lazy("The server has no room for the copy. Nothing was changed; tell the operators."),
    "no-backup": gettext_lazy("This mailbox is not in that backup. Choose another day."),
    "slow": gettext_lazy("It took too long and was stopped. What came back is there; the same again brings the rest."),
    "locked": gettext_lazy("The backup is busy. Try again in an hour."),
    "refused": gettext_lazy("The mail server refused. What came back is there; tell the operators, then try again."),
}
# On the wire these names are English.
FOLDER_NAMES: Mapping[str, Promise] = {
    "INBOX": gettext_lazy("Inbox"),
    "Drafts": gettext_lazy("Drafts"),
    "Sent": gettext_lazy("Sent"),
    "Archive": gettext_lazy("Archives"),
    "Junk": gettext_lazy("Junk"),
    "Trash": gettext_lazy("Bin"),
}


def refusal_text(word: str) -> str:
    """Any other word is the repository's."""
    return str(REFUSALS.get(word, _OPERATORS))


def folder_text(name: str) -> str:
    """As the person sees it."""
    head, *rest = name.split("/")
    return " › ".join([str(FOLDER_NAMES.get(head, head)), *rest])


def restoration_text(restoration: MailboxRestoration) -> str:
    day = full_date(localtime(restoration.run_at).date())
    match State(restoration.state):
        case State.LOOKING:
            return _("The backup of %(day)s is being looked into.") % {"day": day}
        case State.FOUND:
            return _("The backup of %(day)s has been looked into: a folder is to be chosen.") % {"day": day}
        case State.RESTORING:
            return _("Messages are being brought back from the backup of %(day)s.") % {"day": day}
        case State.DONE if not restoration.messages:
            return _("Nothing was missing any more: no message was brought back.")
        case State.DONE:
            count = restoration.messages
            said = ngettext(
                "%(count)d message was brought back from the backup of %(day)s, into the folder “%(place)s”.",
                "%(count)d messages were brought back from the backup of %(day)s, into the folder “%(place)s”.",
                count,
            )
            return said % {"count": count, "day": day, "place": restoration.place}
        case State.FAILED:
            return _("The restoration was not finished. %(why)s") % {"why": refusal_text(restoration.failure)}
        case State.DROPPED if restoration.failure == "expired":
            asked = full_date(localtime(restoration.ordered_at).date())
            return _("Nobody chose in time: the search of %(day)s has expired. Begin again.") % {"day": asked}
        case State.DROPPED if restoration.failure:
            return " ".join([_("Given up: no message was brought back."), refusal_text(restoration.failure)])
        case State.DROPPED:
            return _("Given up: no message was brought back.")
