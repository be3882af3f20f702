"""What the pages of the settings share: their order, how they are drawn, what is said when Dovecot is in the way.

`premiere=1`: met on the way of the first sign-in. Each page then leads to the next, and the last one back to that way.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import MailboxError, SignInRefusedError
from vaguemestre.mailbox.sieve.managesieve import ScriptRefusedError
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.preferences import authority_defaults, summary
from vaguemestre.webmail.rules.sieve_sync import ForeignScriptError
from vaguemestre.webmail.screens.settings_pages import summary_text
from vaguemestre.webmail.screens.settings_pages.entries import settings_groups

logger = logging.getLogger(__name__)
ORDER = ("signature", "absence", "receipts", "redirection")  # the steps of the first sign-in


@dataclass(frozen=True, slots=True)
class Trouble:
    said: str
    status: int
    foreign: ForeignScriptError | None = None


def attempt_change(account_key: str, act: Callable[[], object]) -> Trouble | None:
    """None once done. Otherwise nothing has changed, neither here nor at the mail server."""
    try:
        act()
    except ForeignScriptError as found:
        said = _("Another program has changed the script of the webmail.")
        return Trouble(said if found.changed else _("Another program already filters the mail."), 409, found)
    except SignInRefusedError:
        return Trouble(
            _("The mailbox is closed for the moment: nothing was changed. The help desk can tell you why."), 403
        )
    except ScriptRefusedError as refusal:
        logger.error("script of %s refused: %s", account_key, refusal.code or "no code")
        return Trouble(_("The mail server refused this: nothing was changed. Tell the help desk."), 409)
    except MailboxError as error:
        logger.warning("scripts of %s: %s", account_key, type(error).__name__)
        return Trouble(
            _("The mail server does not answer: nothing was changed. What you typed is still here, try again shortly."),
            503,
        )
    return None


# Where the template of a page lies that is not settings_pages/NAME.html.
TEMPLATES = {
    "box-members": "boxes/members",
    "recovery": "cleanup/deleted_messages",
    "space": "cleanup/storage",
    "identities": "compose/identities",
    "signature": "compose/signature",
    "signature_other": "compose/named_signature",
    "ready": "compose/template_settings",
    "ready_letter": "compose/template_form",
    "folders": "settings_pages/folders_settings",
    "labels": "settings_pages/labels_settings",
    "mailings": "outbox/mail_merges",
    "mailing_before": "outbox/mail_merge_check",
    "mailing": "outbox/mail_merge",
    "absence": "rules/absence_reply",
    "filters": "rules/filters",
    "filter": "rules/filter",
    "redirection_code": "rules/redirection_code",
    "redirection": "rules/redirection",
    "arrival": "settings_pages/notifications",
    "receipts": "settings_pages/read_receipts",
    "images": "trust/image_settings",
}


def render_settings(
    request: StaffRequest,
    name: str,
    context: Mapping[str, object],
    *,
    trouble: Trouble | None = None,
    status: int = 200,
    at: str = "",
    act: bool = False,
    found: summary.SettingsSummary | None = None,
) -> HttpResponse:
    """`at`: the page that this one belongs to, when no group has it. `act`: what met the trouble is a button, which its
    notice repeats with the agreement to another program's script. `found`: for who has read it already."""
    now = timezone.now()
    access = cast(MailboxRequest, request).mailbox
    found = found or summary.summary_of_mailbox(access, now)
    toast = toasts.read(request)
    first = is_first_signin(request)
    shared = {
        "places": settings_groups(access), "place": at or name, "banners": summary_text.banners(found, now),
        "toast": toast, "now": now,
        "first": first, "skip_url": next_step(name) if first and name in ORDER else "",
        "step": ORDER.index(name) + 1 if name in ORDER else 0, "steps": len(ORDER),
        "display": found.display, "locks": authority_defaults.locks(),
        "trouble": trouble, "agreed": request.POST.get("inclure", ""),
        "repeated": _sent(request) if act else None,
    }  # fmt: skip
    response = render(
        request,
        f"webmail/{TEMPLATES.get(name, f'settings_pages/{name}')}.html",
        {**shared, **context},
        status=trouble.status if trouble else status,
    )
    if toast:
        toasts.forget(response)
    return response


def saved_response(request: StaffRequest, name: str, said: str) -> HttpResponse:
    """Back to the page with a word, or on to the next one of the first sign-in."""
    if is_first_signin(request):
        return HttpResponseRedirect(next_step(name))
    response = HttpResponseRedirect(reverse(f"webmail:{name}"))
    toasts.say(response, Toast(said))
    return response


def _sent(request: StaffRequest) -> list[tuple[str, str]]:
    without = {"csrfmiddlewaretoken", "inclure"}
    return [(name, str(value)) for name, values in request.POST.lists() if name not in without for value in values]


def is_first_signin(request: StaffRequest) -> bool:
    return (request.POST.get("premiere") or request.GET.get("premiere")) == "1"


def next_step(name: str) -> str:
    """The next step of the first sign-in; after the last, that way itself."""
    following = ORDER[ORDER.index(name) + 1 :]
    if following:
        return f"{reverse(f'webmail:{following[0]}')}?premiere=1"
    return f"{reverse('accounts:first-personalise')}?vu=1"
