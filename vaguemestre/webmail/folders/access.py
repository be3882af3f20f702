"""From a form to the folder that it is about."""

from collections.abc import Sequence

from django.http import HttpRequest

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.messages import Folder
from vaguemestre.webmail.folders.lookup import folder_by_key


def folder_named(request: HttpRequest, everything: Sequence[Folder]) -> Folder:
    """The folder that a form is about, by its key. Raises `NoSuchFolderError`, also for somebody else's."""
    found = folder_by_key(everything, request.POST.get("dossier") or request.GET.get("dossier", ""))
    if found is None:
        raise NoSuchFolderError
    return found
