"""Every setting by its words: the one box that leads to the field itself, in whatever page it stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from vaguemestre.people.folding import words
from vaguemestre.webmail import notes

LONGEST = 100


class Page(Protocol):
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
class Found:
    label: str
    where: str  # the page it stands on; empty for a page itself
    icon: str
    url: str


# Page, id of what is marked there, its name, and other words that people may look for it by.
FIELDS = (
    ("signature", "champ-signature", lazy("Your signature"), lazy("picture logo name function foot of messages")),
    ("signature", "champ-autres", lazy("Other signatures"), lazy("several function project short")),
    ("signature", "champ-usage", lazy("Which signature goes where"), lazy("new messages answers forwards")),
    ("signature", "format", lazy("Formatted or plain text"), lazy("html rich text bold format messages begin")),
    ("identities", "habituelle", lazy("Address of new messages"), lazy("from sender alias former name identity")),
    ("identities", "champ-reponse", lazy("Where answers go"), lazy("reply-to reply address")),
    ("absence", "champ-dates", lazy("Dates of the absence"), lazy("holidays leave out of office vacation away")),
    ("absence", "champ-texte", lazy("Text of the absence reply"), lazy("automatic answer message out of office")),
    ("absence", "champ-texte_ailleurs", lazy("Another reply outside"), lazy("external strangers out of office text")),
    ("receipts", "demander", lazy("Ask for read receipts"), lazy("acknowledgement confirmation reading")),
    ("receipts", "repondre", lazy("Answer to requests of receipts"), lazy("acknowledgement confirmation reading")),
    ("redirection", "champ-adresse", lazy("Redirect my mail"), lazy("forward transfer other mailbox copy")),
    ("sending", "secondes", lazy("Time to call a message back"), lazy("undo cancel delay send seconds")),
    ("sending", "reponses", lazy("Answers above or below"), lazy("reply quote quotation top bottom posting signature")),
    ("display", "liste", lazy("Conversations or messages"), lazy("thread list arranged grouped")),
    ("display", "densite", lazy("Density of the list"), lazy("compact comfortable rows lines")),
    ("display", "lecture", lazy("Where one reads"), lazy("pane preview right below column")),
    ("display", "lus", lazy("When a message counts as read"), lazy("mark read unread seconds opening automatic")),
    ("display", "forme", lazy("How messages are shown"), lazy("formatted plain text only html view reading")),
    ("display", "lettres", lazy("Font of the text"), lazy("dyslexia OpenDyslexic typeface letters read easier")),
    ("display", "espacement", lazy("Spacing of the text"), lazy("dyslexia wide space letters lines leading easier")),
    ("display", "mouvement", lazy("Movement on the screen"), lazy("animation motion reduced less dizzy")),
    ("display", "texte", lazy("Size of the text"), lazy("large letters zoom read accessibility font")),
    ("display", "couleurs", lazy("Colours"), lazy("dark light theme night contrast")),
    ("display", "astuces", lazy("Tips"), lazy("advice hints suggestions help turn off")),
    ("arrival", "annonce", lazy("Notice on the screen"), lazy("notification alert new message sound desktop")),
    ("images", "contacts", lazy("Images of my contacts"), lazy("remote pictures show always address book")),
    ("arrival", "son", lazy("Sound of new mail"), lazy("notification noise audio beep silent")),
    ("arrival", "titre", lazy("Number of unread messages in the title"), lazy("count tab window")),
)  # fmt: skip
# Other words for the pages themselves.
PAGES = {
    "signature": lazy("foot name"), "identities": lazy("from sender alias reply-to identity"),
    "absence": lazy("holidays leave out of office vacation"), "receipts": lazy("acknowledgement reading"),
    "redirection": lazy("forward transfer"), "sending": lazy("undo delay"), "display": lazy("appearance screen theme"),
    "arrival": lazy("notification alert"), "images": lazy("remote pictures trackers block sender trust"),
    "filters": lazy("rules sort sieve automatic move"), "labels": lazy("tags categories colours keywords"),
    "handouts": lazy("large heavy attachment share download withdraw"),
    "folders": lazy("create rename hide subscribe"), "space": lazy("quota full size delete clean"),
}  # fmt: skip


def look(typed: str, pages: Sequence[Page]) -> list[Found]:
    """Every word begins one of theirs, accents and capitals aside; those named so before those only known by it."""
    wanted = words(typed[:LONGEST])
    if not wanted:
        return []
    found: list[tuple[int, Found]] = []
    for one, more in _everything(pages):
        named = words(one.label)
        if _all_begin(wanted, named):
            found.append((0 if not one.where else 1, one))
        elif _all_begin(wanted, [*named, *words(one.where), *words(more)]):
            found.append((2, one))
    return [one for _rank, one in sorted(found, key=lambda pair: pair[0])]


def _everything(pages: Sequence[Page]) -> Iterable[tuple[Found, str]]:
    by_name = {page.name: page for page in pages}
    for page in pages:
        yield Found(page.label, "", page.icon, page.url), f"{PAGES.get(page.name, '')} {page.state}"
    for name, anchor, label, more in FIELDS:
        if name in by_name:
            place = by_name[name]
            yield Found(str(label), place.label, place.icon, f"{place.url}#{anchor}"), str(more)
    home, account = reverse("webmail:settings"), reverse("accounts:account")
    yield (
        Found(_("Open mailto links with the mail"), "", "at-sign", f"{home}?tout=1#mailto"),
        _("browser link default program address"),
    )
    yield (
        Found(_("Keyboard shortcuts"), "", "keyboard", reverse("webmail:keyboard")),
        _("keys turn off"),
    )
    if notes.recover_days():
        yield (
            Found(_("Recover deleted messages"), "", "undo-2", reverse("webmail:recovery")),
            _("restore recover undelete bin emptied lost"),
        )
    yield (
        Found(_("My account"), "", "user", account),
        _("password second factor rescue contact sessions programs telephone security Thunderbird"),
    )


def _all_begin(wanted: Sequence[str], named: Sequence[str]) -> bool:
    return all(any(word.startswith(one) for word in named) for one in wanted)
