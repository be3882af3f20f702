"""What a person has in force, from our own tables in one query: for the banners, the settings and Mon compte."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from vaguemestre.accounts.models import Account
from vaguemestre.web.compiled_query import CompiledQuery
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Preferences, Redirection
from vaguemestre.webmail.models.display_choices import Font, Motion, Spacing
from vaguemestre.webmail.preferences import authority_defaults, lookup, tips


@dataclass(frozen=True, slots=True)
class Display:
    density: str = Preferences.Density.COMFORTABLE
    text_size: str = Preferences.TextSize.NORMAL
    theme: str = Preferences.Theme.AUTO
    pane: str = Preferences.Pane.RIGHT
    share: int | None = None
    folders_width: int | None = None
    uses_keys: bool = True
    font: str = Font.USUAL
    spacing: str = Spacing.NORMAL
    motion: str = Motion.SYSTEM
    reads_plain: bool = False
    goes_on: bool = True

    @property
    def lying(self) -> bool:
        return self.pane == Preferences.Pane.BELOW


@dataclass(frozen=True, slots=True)
class SettingsSummary:
    own_signature: bool = False
    signature_line: str = ""  # the first of one's own
    no_signature: bool = False
    starts: datetime | None = None  # of the absence that is planned or going on
    ends: datetime | None = None
    target: str = ""
    keeps_copy: bool = False
    asks_receipts: bool = False
    answers_receipts: str = Preferences.Answering.ASK
    contact_images: bool = False
    writes_otherwise: bool = False  # not from the main address, or with something of one's own for an address
    flat_list: bool = False
    display: Display = Display()
    folded: frozenset[str] = frozenset()  # folders by their key
    hidden: frozenset[str] = frozenset()
    pinned_in: frozenset[str] = frozenset()
    notifies: str = Preferences.Notifying.NOTHING
    counts_in_title: bool = False
    sounds: bool = False
    notifies_in: tuple[str, ...] = ()
    own_undo: int | None = None
    answers_below: bool = False
    quotes: bool = True
    marks_read: str = Preferences.MarksRead.OPENED
    offers_tips: bool = True
    tips: str = ""  # those that may be said today: `tips.offered_tips`

    @property
    def undo_seconds(self) -> int:
        return lookup.undo_seconds(self.own_undo)


@dataclass(frozen=True, slots=True)
class Banner:
    """Something that works by itself; `stop_url` is posted to. Without one, there is at most a page about it, `change`.
    `narrow`: a wide screen says it elsewhere."""

    said: str
    icon: str
    stop: str = ""
    stop_url: str = ""
    change_url: str = ""
    change: str = ""
    narrow: bool = False
    earns: str = ""  # a tip


_ACTIVE = Redirection.objects.filter(account=OuterRef("pk"), removed_at=None)
_CHOSEN = CompiledQuery(lambda key: _with_target(Preferences.objects.filter(account=key)))
_CHOSEN_BY_TWO = CompiledQuery(lambda one, other: _with_target(Preferences.objects.filter(account__in=[one, other])))


def _with_target(chosen: QuerySet[Preferences]) -> QuerySet[Preferences]:
    return chosen.annotate(
        target=Subquery(_ACTIVE.values("target")[:1]), keeps=Subquery(_ACTIVE.values("keep_copy")[:1])
    )


def load_settings_summary(account: Account, now: datetime) -> SettingsSummary:
    return _summary(_CHOSEN.first(account.key) or Preferences(account_id=account.key), now)


def _summary(chosen: Preferences, now: datetime) -> SettingsSummary:
    found = authority_defaults.with_defaults(chosen)
    starts, ends = _absence(found, now)
    return SettingsSummary(
        own_signature=found.signature is not None,
        signature_line=(found.signature or "").partition("\n")[0],
        no_signature=found.signature == "",
        starts=starts,
        ends=ends,
        target=getattr(found, "target", None) or "",  # annotated, when there is a row
        keeps_copy=bool(getattr(found, "keeps", False)),
        asks_receipts=found.asks_receipts,
        answers_receipts=found.answers_receipts,
        contact_images=found.contact_images,
        writes_otherwise=bool(found.writes_from or found.identities),
        flat_list=found.flat_list,
        display=_display(found),
        folded=frozenset(found.folded),
        hidden=frozenset(found.hidden),
        pinned_in=frozenset(found.pinned_in),
        notifies=found.notifies,
        counts_in_title=found.counts_in_title,
        sounds=found.sounds,
        notifies_in=tuple(found.notifies_in),
        own_undo=found.undo_seconds,
        answers_below=found.answers_below,
        quotes=found.quotes,
        marks_read=found.marks_read,
        offers_tips=found.offers_tips,
        tips=tips.offered_tips(found, now),
    )


def summary_of_mailbox(access: MailboxAccess, now: datetime) -> SettingsSummary:
    """What is in force in the mailbox that is shown, seen as its reader likes to see."""
    if access.is_own:
        return load_settings_summary(access.reader, now)
    keys = access.reader.key, access.mailbox.key
    chosen = {one.account_id: one for one in _CHOSEN_BY_TWO.all(*keys)}
    mine, there = (_summary(chosen.get(key) or Preferences(account_id=key), now) for key in keys)
    return replace(
        mine, own_signature=there.own_signature, signature_line=there.signature_line, no_signature=there.no_signature,
        starts=there.starts, ends=there.ends, target=there.target, keeps_copy=there.keeps_copy,
    )  # fmt: skip


def _absence(found: Preferences, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From when to when, of one that is planned or going on."""
    if not found.absence_on or found.absence_ends is None or found.absence_ends <= now:
        return None, None
    return found.absence_starts, found.absence_ends


def _display(found: Preferences) -> Display:
    return Display(
        density=found.density,
        text_size=found.text_size,
        theme=found.theme,
        pane=found.pane,
        share=found.share,
        folders_width=found.folders_width,
        uses_keys=found.uses_keys,
        font=found.font,
        spacing=found.spacing,
        motion=found.motion,
        reads_plain=found.reads_plain,
        goes_on=found.goes_on,
    )
