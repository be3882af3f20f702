"""The settings by what a person means: four groups of pages, and what is in force on each of them, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _, ngettext, pgettext

from vaguemestre.accounts.models import Account
from vaguemestre.handouts.models import Handout
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose.message_templates.store import authority_templates
from vaguemestre.webmail.folders import retention
from vaguemestre.webmail.labels.labels import DEFAULTS
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Filter, ImageTrust, Label, MailMerge, ReadyMade
from vaguemestre.webmail.preferences.summary import SettingsSummary
from vaguemestre.webmail.screens.settings_pages import summary_text

# By the word that their addresses have. A page that stands in none is reached from another one.
GROUPS = {
    "ecrire": ("signature", "ready", "sending", "receipts", "identities", "mailings"),
    "recevoir": ("absence", "filters", "redirection", "arrival", "images"),
    "garder": ("folders", "labels", "space", "recovery", "handouts", "moving"),
    "ecran": ("display", "reading", "keyboard"),
}
OF_A_BOX = {
    "membres": ("box-members",),
    "ecrire": ("signature", "ready"),
    "recevoir": ("absence", "filters", "redirection"),
    "garder": ("folders", "labels", "space", "recovery"),
}  # what its owners decide, and what its members may
ICONS = {"membres": "users", "ecrire": "pencil", "recevoir": "inbox", "garder": "archive", "ecran": "palette"}
ELSEWHERE = {"moving": "moving:moving", "handouts": "handouts:handouts"}  # pages of other rooms


@dataclass(frozen=True, slots=True)
class SettingsGroup:
    """A line of the column. `pages`: those that it stands for."""

    id: str
    label: str
    icon: str
    url: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingsEntry:
    """A page of the settings. `state`: what is in force there."""

    label: str
    url: str
    state: str


@dataclass(frozen=True, slots=True)
class SettingsCounts:
    """How many there are of what a person has made."""

    filters: int
    templates: int
    mailings: int
    labels: int
    links: int
    image_senders: int


def settings_groups(access: MailboxAccess | None = None) -> list[SettingsGroup]:
    """Also for pages of other rooms that stand in this column: `accounts.ports.settings_entries`."""
    labels = {
        "membres": _("Who shares it"), "ecrire": _("What I write"), "recevoir": _("What I receive"),
        "garder": _("What I keep"), "ecran": _("My screen"),
    }  # fmt: skip
    base = reverse("webmail:settings")
    if access is None or access.is_own:
        return [
            SettingsGroup(name, labels[name], ICONS[name], f"{base}?groupe={name}", GROUPS[name]) for name in GROUPS
        ]
    labels |= {"ecrire": _("What it writes"), "recevoir": _("What it receives"), "garder": _("What it keeps")}
    allowed = {name: tuple(filter(access.may_open, pages)) for name, pages in OF_A_BOX.items()}
    return [
        SettingsGroup(name, labels[name], ICONS[name], f"{base}?groupe={name}", pages)
        for name, pages in allowed.items() if pages
    ]  # fmt: skip


def load_counts(account: Account, now: datetime) -> SettingsCounts:
    """One query."""
    alive = Handout.objects.filter(sent_at__isnull=False, withdrawn_at=None, swept_at=None, expires_at__gt=now)
    found = Account.every.values_list(
        _count(Filter.objects.all()), _count(ReadyMade.objects.filter(removed_at=None)),
        _count(MailMerge.objects.all()), _count(Label.objects.all()), _count(Label.objects.filter(removed_at=None)),
        _count(alive), _count(ImageTrust.objects.all()),
    ).get(pk=account.pk)  # fmt: skip
    filters, templates, mailings, known, labels, links, image_senders = found
    # Whoever has never changed their labels has the ordinary ones, which no row says.
    return SettingsCounts(filters, templates, mailings, labels if known else len(DEFAULTS), links, image_senders)


def group_entries(
    access: MailboxAccess, found: SettingsSummary, counts: SettingsCounts, now: datetime
) -> list[tuple[SettingsGroup, list[SettingsEntry]]]:
    said = {
        **_written(found, counts, shared=not access.is_own),
        **_received(found, counts, now),
        **_kept(counts),
        **_shown(found),
    }
    said["box-members"] = _("Members"), _("who reads, who answers, until when")
    return [
        (
            group,
            [
                SettingsEntry(said[name][0], reverse(ELSEWHERE.get(name, f"webmail:{name}")), said[name][1])
                for name in group.pages
                if name in said
            ],
        )
        for group in settings_groups(access)
    ]


def _written(found: SettingsSummary, counts: SettingsCounts, *, shared: bool) -> dict[str, tuple[str, str]]:
    ready = counts.templates + len(authority_templates())
    return {
        "signature": (_("Signature"), summary_text.signature_words(found, shared=shared)),
        "ready": (
            _("Templates"), ngettext("%d letter ready", "%d letters ready", ready) % ready if ready else _("none yet")
        ),
        "sending": (_("Sending"), summary_text.sending_text(found)),
        "receipts": (_("Read receipts"), summary_text.receipts_text(found)),
        "identities": (
            _("Addresses I write from"),
            _("with choices of your own") if found.writes_otherwise else _("your main address"),
        ),
        "mailings": (_("Mailings"), str(counts.mailings) if counts.mailings else _("none")),
    }  # fmt: skip


def _received(found: SettingsSummary, counts: SettingsCounts, now: datetime) -> dict[str, tuple[str, str]]:
    filters = counts.filters
    return {
        "absence": (_("Absence reply"), summary_text.absence_words(found, now)),
        "filters": (
            _("Automatic filing"),
            ngettext("%d filter", "%d filters", filters) % filters if filters else _("no filter"),
        ),
        "redirection": (_("Redirection"), summary_text.redirection_words(found)),
        "arrival": (_("When mail arrives"), summary_text.arrival_text(found)),
        "images": (_("Images from elsewhere"), summary_text.images_words(found, counts.image_senders)),
    }  # fmt: skip


def _kept(counts: SettingsCounts) -> dict[str, tuple[str, str]]:
    links, days = counts.links, retention.recover_days()
    said = {
        "folders": (_("Folders"), _("create, rename, hide")),
        "labels": (_("Labels"), str(counts.labels) if counts.labels else pgettext("a label", "none")),
        "space": (_("Make room"), _("what takes most of it")),
        "handouts": (
            _("Files sent by a link"),
            ngettext("%d can be fetched", "%d can be fetched", links) % links if links else _("none"),
        ),
        "moving": (_("Import mail"), _("from a file or another mailbox")),
    }
    if days:
        said["recovery"] = (_("Deleted messages"), ngettext("kept %d day more", "kept %d days more", days) % days)
    return said


def _shown(found: SettingsSummary) -> dict[str, tuple[str, str]]:
    return {
        "display": (_("Text and colours"), summary_text.display_text(found.display)),
        "reading": (_("List and reading"), summary_text.reading_text(found)),
        "keyboard": (
            _("Keyboard shortcuts"), _("one letter is enough") if found.display.uses_keys else _("turned off")
        ),
    }  # fmt: skip


def _count[M: Model](rows: QuerySet[M]) -> Coalesce:
    mine = rows.filter(account=OuterRef("pk")).order_by().values("account")
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0)
