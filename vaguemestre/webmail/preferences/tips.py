"""One line of advice when it was earned: none comes twice, at most one a day, and none to whoever wants none.

What is pressed or shown says which one it earns (`data-earns`, `data-hints` in the templates); here is whether it is
still to be said. What was said is kept in the person's preferences, which every page asks for anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.preferences import authority_defaults

BACK = "back"  # earned by coming back, whatever one presses
HEAVY = "heavy"
COMES_BACK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Tip:
    said: Promise
    article: str  # of the help, by its name there


TIPS: Mapping[str, Tip] = {
    "several": Tip(
        _("Several messages at once: tick the first box, hold Shift, tick the last one, then delete or archive."),
        "choisir-plusieurs",
    ),
    "keys": Tip(
        _("The keys are faster: “e” archives, “#” deletes, “/” searches. They act on the open message."), "clavier"
    ),
    "operators": Tip(
        _("Add who or when to a search: “from:martin” for the sender, “after:1/9” for the date, “file:yes” for files."),
        "mots-de-recherche",
    ),
    "folders": Tip(
        _("Many folders: hide those that you no longer open. Their mail stays, and search finds it."), "masquer"
    ),
    "many": Tip(
        _("Many recipients: a group in Contacts is one name to type; in hidden copy, nobody sees the others."),
        "destinataires",
    ),
    HEAVY: Tip(_("Large files fill mailboxes on both sides: by a link they weigh nothing."), "par-lien"),
    "redirected": Tip(
        _("All the mail goes elsewhere. A filter can send only a part of it on: a sender, a subject."), "filtres"
    ),
    "labels": Tip(
        _("Press a label in the column of folders: it gathers all its messages, whatever their folder."), "etiquettes"
    ),
    BACK: Tip(_("Back from your absence? Filter by “Unread”, and put off until later what can wait."), "plus-tard"),
}


def offered_tips(chosen: Preferences, now: datetime) -> str:
    """Names of those that may still be said today. No query: it is read from what a page has at hand."""
    if not chosen.offers_tips or chosen.tips.get("day") == _day(now):
        return ""
    said = chosen.tips.get("said", [])
    back = chosen.absence_ends is not None and now - COMES_BACK < chosen.absence_ends <= now
    stands = {BACK: back, HEAVY: academy().links.largest_mb > 0}
    return " ".join(name for name in TIPS if name not in said and stands.get(name, True))


def say_tip(account: Account, name: str, now: datetime) -> Tip | None:
    """Once and for all. None when another window was faster, or it is not offered any more."""
    with transaction.atomic():
        Preferences.objects.get_or_create(account=account, defaults={"changed_at": now})
        row = Preferences.objects.select_for_update().get(account=account)
        allowed = offered_tips(authority_defaults.with_defaults(row), now).split()
        if name not in allowed:
            return None
        kept = {"said": [*row.tips.get("said", []), name], "day": _day(now)}
        Preferences.objects.filter(account=account).update(tips=kept)
    return TIPS[name]


def save_tip_choice(account: Account, now: datetime, *, wanted: bool) -> None:
    """The person's choice. Whoever wants them again after having had enough of them gets them all again."""
    with transaction.atomic():
        stopped = Preferences.objects.filter(account=account, offers_tips=False)
        if wanted and "offers_tips" not in authority_defaults.locks():
            stopped.update(tips={})
        authority_defaults.save_choices(account, now, offers_tips=wanted)


def _day(now: datetime) -> str:
    return timezone.localtime(now).date().isoformat()
