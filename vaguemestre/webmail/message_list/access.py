"""From a form to the messages that are ticked in it."""

from django.http import Http404

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.values import InvalidValueError, MailboxId, Uid


def ticked_messages(request: StaffRequest) -> list[Uid]:
    """The messages ticked in the list. A wrong number is a wrong address."""
    try:
        return [Uid(value) for value in dict.fromkeys(request.POST.getlist("choix"))]
    except InvalidValueError as error:
        raise Http404(str(error)) from error


def ticked_results(request: StaffRequest) -> dict[MailboxId, list[Uid]]:
    """The messages ticked among results of a search, by their folder. A wrong one is a wrong address."""
    places: dict[MailboxId, list[Uid]] = {}
    try:
        for value in dict.fromkeys(request.POST.getlist("choix")):
            folder, _, uid = value.partition("-")
            places.setdefault(MailboxId(folder), []).append(Uid(uid))
    except InvalidValueError as error:
        raise Http404(str(error)) from error
    return places
