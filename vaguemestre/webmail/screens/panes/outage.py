"""What a person sees when the mailbox cannot answer: a sentence, what stays safe, a page that comes back by itself."""

import errno
import logging
import re
from functools import wraps

from django.db.utils import OperationalError
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.mail_access import mailbox_closure
from vaguemestre.mailbox.errors import (
    MailboxRefusedError,
    MailboxUnavailableError,
    NoSuchFolderError,
    NoSuchMessageError,
    QuotaExceededError,
    SignInRefusedError,
    UidValidityChangedError,
)
from vaguemestre.web.htmx import is_htmx, shown_page
from vaguemestre.webmail.compose import browser_drafts
from vaguemestre.webmail.mailbox_access import MailboxRequest, MailboxView
from vaguemestre.webmail.screens.panes.folder_page import asks_for_list_alone
from vaguemestre.webmail.screens.panes.page import empty_page
from vaguemestre.webmail.trust import junk_attachments

logger = logging.getLogger(__name__)
RETRY_SECONDS = 8
DISK_WORDS = (
    "disk is full", "no space left", "disk i/o error",
    "readonly database", "read-only file system",
)  # fmt: skip


def handles_outage[**P](view: MailboxView[P]) -> MailboxView[P]:
    """Around every view that opens the mailbox. What is not there is a 404, as is what was never there."""

    @wraps(view)
    def calm(request: MailboxRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if closed := mailbox_closure.reading_closed_text(request.account, timezone.now()):
            return trouble_response(request, closed, 403, closed=closed)
        try:
            return view(request, *args, **kwargs)
        except (NoSuchFolderError, NoSuchMessageError) as error:
            if is_htmx(request):
                return trouble_response(request, _("This is no longer here: it was moved or deleted elsewhere."), 404)
            raise Http404(str(error)) from error
        except junk_attachments.JunkFilesWithheldError as error:
            return junk_attachments.refused_response(request, error)
        except SignInRefusedError:
            said = _("The mailbox is closed for the moment. The help desk can tell you why.")
            return trouble_response(request, said, 403)
        except QuotaExceededError:
            return trouble_response(request, _("The mailbox is full: empty the bin, then try again."), 409, full=True)
        except UidValidityChangedError:
            said = _("This list has changed meanwhile. Look at it again, then choose all of it.")
            return trouble_response(request, said, 409)
        except MailboxRefusedError as error:
            return _refused_response(request, error)
        except (OSError, OperationalError) as error:
            if not disk_takes_nothing(error):
                raise
            logger.exception("the disk of the data folder takes nothing")
            said = _("The service can store nothing for the moment. Nothing was kept; what you typed is still here.")
            return trouble_response(request, said, 507)
        except MailboxUnavailableError:
            logger.warning("mailbox of %s does not answer", request.mailbox.key)
            return unavailable_response(request)

    return calm


def asking_letter(request: MailboxRequest) -> str:
    """The key of the letter whose sheet asks; empty where the page does."""
    asked = re.search("-([0-9a-f]{32})$", request.headers.get("HX-Target", ""))  # its own part of the page
    return asked[1] if asked else ""


def leaves_by_itself(request: MailboxRequest) -> bool:
    """A letter that a browser had kept is sent by a script (`waiting-letters`), which hears words alone."""
    return request.headers.get("Accept") == "application/json"


def disk_takes_nothing(error: Exception) -> bool:
    """It is full, or has become read-only: in a file, in SQLite's or in PostgreSQL's own words."""
    words = str(error).lower()
    refused = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
    return refused or any(said in words for said in DISK_WORDS)


def unavailable_response(request: MailboxRequest) -> HttpResponse:
    """Reading asks again by itself; an act is not done twice without the person."""
    reading = request.method == "GET"
    said = _("The mailbox does not answer; we are trying again.") if reading else _("The mailbox does not answer.")
    response = trouble_response(request, said, 503, again=_again(request) if reading else "")
    response["Retry-After"] = str(RETRY_SECONDS)
    if reading and not is_htmx(request):
        response["Refresh"] = str(RETRY_SECONDS)
    return response


def trouble_response(
    request: MailboxRequest, said: str, status: int, *, again: str = "", closed: str = "", full: bool = False
) -> HttpResponse:
    """Inside a page: one notice above the list that is kept. Alone: the desk without its mail."""
    if leaves_by_itself(request):
        return JsonResponse({"said": said}, status=422 if closed or status == 403 else status)
    inside = is_htmx(request)
    context = {
        "said": said, "closed": closed, "again": again, "acted": request.method != "GET" and not full,
        "full": full,
        "retry_seconds": RETRY_SECONDS, "inside": inside, "elsewhere": inside and again != shown_page(request),
        "shelf": browser_drafts.browser_draft_list(request),
    }  # fmt: skip
    if inside:
        response = render(request, "webmail/panes/outage.html#notice", context, status=status)
        letter = asking_letter(request)  # said where it is written, so that nothing lies over it
        response["HX-Retarget"] = f"#avis-{letter}" if letter else "#panne"
        response["HX-Reswap"], response["HX-Push-Url"] = "innerHTML", "false"
        return response
    return render(
        request,
        "webmail/panes/outage.html",
        {**context, "desk": empty_page(request), "shelf": browser_drafts.browser_draft_list(request)},
        status=status,
    )


def _refused_response(request: MailboxRequest, error: MailboxRefusedError) -> HttpResponse:
    logger.warning("mailbox of %s refused: %s", request.mailbox.key, error.code)
    if error.code == "INUSE":  # a search waits half a minute for an index that is being made, then ends so
        said = _("Searching is being made ready. Try again in a minute.")
        return trouble_response(request, said, 503)
    return trouble_response(request, _("The mailbox refused this. Nothing was changed."), 409)


def _again(request: MailboxRequest) -> str:
    """The page asked for; when only its list was, the whole page that shows it."""
    return shown_page(request) if asks_for_list_alone(request) else request.get_full_path()
