"""What the pages of the settings share: their order, how they are drawn, what is said when Dovecot is in the way.

`premiere=1`: met on the way of the first sign-in. Each page then leads to the next, and the last one back to that way.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import MailboxError, SignInRefusedError
from vaguemestre.mailbox.sieve.managesieve import ScriptRefusedError
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.preferences import authority_defaults, summary
from vaguemestre.webmail.rules.sieve_sync import ForeignScriptError
from vaguemestre.webmail.settings_pages import summary_text

logger = logging.getLogger(__name__)
ORDER = ("signature", "absence", "receipts", "redirection")  # the steps of the first sign-in
# What nobody needs to choose on the first day.
LATER = (
    "identities", "ready", "mailings", "filters", "labels", "folders", "sending", "display", "arrival", "images",
    "space", "moving", "handouts",
)  # fmt: skip
RARE = "rare"  # the group that is folded
# By what a person means, as the start page shows them. A page that no group names is with what one says.
GROUPS = {
    "say": ("signature", "absence", "sending", "ready"),
    "receive": ("filters", "redirection", "arrival"),
    "file": ("labels", "folders", "space"),
    "screen": ("display",),
    RARE: ("identities", "receipts", "mailings", "handouts", "images", "moving"),
}
ICONS = {
    "signature": "pen", "absence": "calendar", "receipts": "mail-check", "redirection": "forward", "sending": "send",
    "display": "palette", "arrival": "bell", "images": "image", "labels": "tag", "folders": "folder",
    "space": "file-archive", "filters": "funnel", "identities": "at-sign",
    "ready": "file-text", "mailings": "users", "moving": "upload", "handouts": "link",
}  # fmt: skip

ELSEWHERE = {"moving": "moving:moving", "handouts": "handouts:handouts"}  # pages of other rooms


@dataclass(frozen=True, slots=True)
class SettingsEntry:
    """One page of the settings, as the others name it. `state`: what is in force there."""

    name: str
    label: str
    icon: str
    url: str
    state: str


@dataclass(frozen=True, slots=True)
class SettingsGroup:
    id: str
    label: str
    places: list[SettingsEntry]


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
        return Trouble(said if found.changed else _("Another program already filters your mail."), 409, found)
    except SignInRefusedError:
        return Trouble(
            _("Your mailbox is closed for the moment: nothing was changed. The help desk can tell you why."), 403
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
) -> HttpResponse:
    """`at`: the page of the list that this one belongs to, when it is not one of them. `act`: what met the trouble is a
    button, which its notice repeats with the agreement to another program's script."""
    now = timezone.now()
    found = summary.load_settings_summary(request.account, now)
    toast = toasts.read(request)
    first = is_first_signin(request)
    shared = {
        "places": settings_entries(found), "place": at or name, "banners": summary_text.banners(found, now),
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


def account_entries(account: Account) -> list[SettingsEntry]:
    """For a page of another room that stands in this list: `accounts.ports.settings_entries`."""
    return settings_entries(summary.load_settings_summary(account, timezone.now()))


def settings_entries(found: summary.SettingsSummary) -> list[SettingsEntry]:
    now = timezone.now()
    labels = {
        "signature": (_("Signature"), summary_text.signature_text(found)),
        "absence": (_("Absence reply"), summary_text.absence_text(found, now)),
        "identities": (_("Addresses I write from"), _("answers, and a signature for each")),
        "receipts": (_("Read receipts"), summary_text.receipts_text(found)),
        "redirection": (_("Redirection"), summary_text.redirection_text(found)),
        "sending": (_("Sending"), summary_text.sending_text(found)),
        "display": (_("Display"), summary_text.display_text(found.display)),
        "arrival": (_("When mail arrives"), summary_text.arrival_text(found)),
        "images": (_("Remote images"), _("blocked until you ask for them")),
        "ready": (_("Templates"), _("letters that you write often, ready to be put into a message")),
        "mailings": (_("Mailings"), _("one letter a person, out of a table")),
        "handouts": (_("Files sent by a link"), _("withdraw them, see how often they were fetched")),
        "filters": (_("Filters"), _("file, label or mark mail as it comes in")),
        "labels": (_("Labels"), _("names and colours, shared with your other programs")),
        "folders": (_("Folders"), _("create, rename, move, hide, delete")),
        "space": (_("Make room"), _("The largest messages, and what they hold")),
        "moving": (_("Import mail"), _("bring messages along from files or from another mailbox")),
    }
    group_of = {name: place for place, names in enumerate(GROUPS.values()) for name in names}
    ranks = {name: rank for rank, name in enumerate(name for names in GROUPS.values() for name in names)}
    return [
        SettingsEntry(name, label, ICONS[name], reverse(ELSEWHERE.get(name, f"webmail:{name}")), _capital(state))
        for name in sorted((*ORDER, *LATER), key=lambda one: (group_of.get(one, 0), ranks.get(one, len(ranks))))
        for label, state in (labels[name],)
    ]


def grouped_entries(listed: Sequence[SettingsEntry]) -> list[SettingsGroup]:
    labels = {
        "say": _("What I say"), "receive": _("What I receive"), "file": _("What I keep"), "screen": _("My screen"),
        RARE: _("Advanced settings"),
    }  # fmt: skip
    group_of = {name: group for group, names in GROUPS.items() for name in names}
    return [
        SettingsGroup(group, labels[group], [one for one in listed if group_of.get(one.name, "say") == group])
        for group in GROUPS
    ]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
