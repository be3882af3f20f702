"""Every setting by its words: the one box that leads to the field itself, in whatever page it stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from vaguemestre.people.folding import words
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.folders import retention

LONGEST = 100


class SettingsPage(Protocol):
    """One page of the settings, as `views.settings.page` lists them."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def icon(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def state(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SettingsHit:
    label: str
    where: str  # the page it stands on; empty for a page itself
    icon: str
    url: str


# Page, id of what is marked there, its name, and other words that people may look for it by.
FIELDS = (
    ("signature", "champ-signature", _("Your signature"), _("picture logo name function foot of messages")),
    ("signature", "champ-autres", _("Other signatures"), _("several function project short")),
    ("signature", "champ-usage", _("Which signature goes where"), _("new messages answers forwards")),
    ("signature", "format", _("Formatted or plain text"), _("html rich text bold format messages begin")),
    ("identities", "habituelle", _("Address of new messages"), _("from sender alias former name identity")),
    ("identities", "champ-reponse", _("Where answers go"), _("reply-to reply address")),
    ("absence", "champ-dates", _("Dates of the absence"), _("holidays leave out of office vacation away")),
    ("absence", "champ-texte", _("Text of the absence reply"), _("automatic answer message out of office")),
    ("absence", "champ-texte_ailleurs", _("Another reply outside"), _("external strangers out of office text")),
    ("receipts", "demander", _("Ask for read receipts"), _("acknowledgement confirmation reading")),
    ("receipts", "repondre", _("Answer to requests of receipts"), _("acknowledgement confirmation reading")),
    ("redirection", "champ-adresse", _("Redirect my mail"), _("forward transfer other mailbox copy")),
    ("sending", "secondes", _("Time to call a message back"), _("undo cancel delay send seconds")),
    ("sending", "reponses", _("Answers above or below"), _("reply quote quotation top bottom posting signature")),
    ("display", "liste", _("Conversations or messages"), _("thread list arranged grouped")),
    ("display", "densite", _("Density of the list"), _("compact comfortable rows lines")),
    ("display", "lecture", _("Where one reads"), _("pane preview right below column")),
    ("display", "lus", _("When a message counts as read"), _("mark read unread seconds opening automatic")),
    ("display", "forme", _("How messages are shown"), _("formatted plain text only html view reading")),
    ("display", "lettres", _("Font of the text"), _("dyslexia OpenDyslexic typeface letters read easier")),
    ("display", "espacement", _("Spacing of the text"), _("dyslexia wide space letters lines leading easier")),
    ("display", "mouvement", _("Movement on the screen"), _("animation motion reduced less dizzy")),
    ("display", "texte", _("Size of the text"), _("large letters zoom read accessibility font")),
    ("display", "couleurs", _("Colours"), _("dark light theme night contrast")),
    ("display", "astuces", _("Tips"), _("advice hints suggestions help turn off")),
    ("arrival", "annonce", _("Notice on the screen"), _("notification alert new message sound desktop")),
    ("images", "contacts", _("Images of my contacts"), _("remote pictures show always address book")),
    ("arrival", "son", _("Sound of new mail"), _("notification noise audio beep silent")),
    ("arrival", "titre", _("Number of unread messages in the title"), _("count tab window")),
)
# Other words for the pages themselves.
PAGES = {
    "signature": _("foot name"), "identities": _("from sender alias reply-to identity"),
    "absence": _("holidays leave out of office vacation"), "receipts": _("acknowledgement reading"),
    "redirection": _("forward transfer"), "sending": _("undo delay"), "display": _("appearance screen theme"),
    "arrival": _("notification alert"), "images": _("remote pictures trackers block sender trust"),
    "filters": _("rules sort sieve automatic move"), "labels": _("tags categories colours keywords"),
    "handouts": _("large heavy attachment share download withdraw"),
    "folders": _("create rename hide subscribe"), "space": _("quota full size delete clean"),
}  # fmt: skip


def search_settings(typed: str, pages: Sequence[SettingsPage]) -> list[SettingsHit]:
    """Every word begins one of theirs, accents and capitals aside; those named so before those only known by it."""
    wanted = words(typed[:LONGEST])
    if not wanted:
        return []
    found: list[tuple[int, SettingsHit]] = []
    for one, more in _everything(pages):
        named = words(one.label)
        if _all_begin(wanted, named):
            found.append((0 if not one.where else 1, one))
        elif _all_begin(wanted, [*named, *words(one.where), *words(more)]):
            found.append((2, one))
    return [one for _rank, one in sorted(found, key=lambda pair: pair[0])]


def _everything(pages: Sequence[SettingsPage]) -> Iterable[tuple[SettingsHit, str]]:
    by_name = {page.name: page for page in pages}
    for page in pages:
        yield SettingsHit(page.label, "", page.icon, page.url), f"{PAGES.get(page.name, '')} {page.state}"
    for name, anchor, label, more in FIELDS:
        if name in by_name:
            place = by_name[name]
            yield SettingsHit(str(label), place.label, place.icon, f"{place.url}#{anchor}"), str(more)
    home, account = reverse("webmail:settings"), reverse("accounts:account")
    yield (
        SettingsHit(str(_("Open mailto links with the mail")), "", "at-sign", f"{home}?tout=1#mailto"),
        str(_("browser link default program address")),
    )
    yield (
        SettingsHit(str(_("Keyboard shortcuts")), "", "keyboard", reverse("webmail:keyboard")),
        str(_("keys turn off")),
    )
    if retention.recover_days():
        yield (
            SettingsHit(str(_("Recover deleted messages")), "", "undo-2", reverse("webmail:recovery")),
            str(_("restore recover undelete bin emptied lost")),
        )
    yield (
        SettingsHit(str(_("My account")), "", "user", account),
        str(_("password second factor rescue contact sessions programs telephone security Thunderbird")),
    )


def _all_begin(wanted: Sequence[str], named: Sequence[str]) -> bool:
    return all(any(word.startswith(one) for word in named) for one in wanted)
