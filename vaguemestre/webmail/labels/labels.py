"""Labels: keywords of messages with a name and a colour. The keyword is what Thunderbird and phones see as well."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.imap.messages import label_keywords
from vaguemestre.web.compiled_query import CompiledRows
from vaguemestre.webmail.folders.pane import MANY
from vaguemestre.webmail.message_list.list_query import ListQuery, SearchQuery
from vaguemestre.webmail.models import Label

# Thunderbird's own five, under its French names.
DEFAULTS = (
    ("$label1", gettext_lazy("Important"), Label.Colour.BRICK),
    ("$label2", gettext_lazy("Work"), Label.Colour.OCHRE),
    ("$label3", gettext_lazy("Personal"), Label.Colour.MOSS),
    ("$label4", gettext_lazy("To do"), Label.Colour.SLATE),
    ("$label5", gettext_lazy("Can wait"), Label.Colour.PLUM),
)
ON_A_ROW = 3
QUOTES = set('"“”«»')  # what the box takes for quotation marks
NEUTRAL = ""


@dataclass(frozen=True, slots=True)
class LabelChip:
    """One label as it is shown. `colour` is empty for one that another program made and nobody here has named."""

    keyword: str
    name: str
    colour: str

    @property
    def query(self) -> str:
        return urlencode({"etiquette": self.keyword})

    @property
    def typed(self) -> str:
        """As one asks for it in the box; by its keyword where nobody here named it, or a name would be misread."""
        by_keyword = self.colour == NEUTRAL or set(self.name) & QUOTES
        return f"étiquette:{self.keyword}" if by_keyword else f'étiquette:"{self.name}"'


@dataclass(frozen=True, slots=True)
class LabelLine:
    """A label in the column: leads to the messages of all folders that bear it, by the search."""

    chip: LabelChip
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class LabelPanel:
    """The labels of one page: `choices` for the menus with those of the open message ticked, `worn` on it."""

    choices: list[tuple[LabelChip, bool]]
    worn: list[LabelChip]
    lines: list[LabelLine]

    @property
    def has_many(self) -> bool:
        return len(self.lines) > MANY


class Labels:
    """Those of one person, in their order: one query."""

    def __init__(self, chips: Sequence[LabelChip], known: Iterable[str]) -> None:
        self.chips = list(chips)
        self._by_keyword = {chip.keyword: chip for chip in chips}
        self._silent = frozenset(known) - self._by_keyword.keys()  # removed here: not shown as somebody else's
        self.row = lru_cache(maxsize=256)(self._row)

    def find(self, keyword: str) -> LabelChip | None:
        return self._by_keyword.get(keyword.lower())

    def worn(self, flags: Iterable[str]) -> list[LabelChip]:
        """Of these flags, what is a label: the person's own first, in their order."""
        lowered = {flag.lower() for flag in flags}
        own = [chip for chip in self.chips if chip.keyword in lowered]
        return own + [
            neutral_chip(word)
            for word in sorted(lowered - self._by_keyword.keys() - self._silent)
            if label_keywords.is_label(word)
        ]

    def panel(self, place: ListQuery, flags: Iterable[str]) -> LabelPanel:
        worn = self.worn(flags)
        return LabelPanel(
            choices=[(chip, chip in worn) for chip in self.chips],
            worn=worn,
            lines=[self._line(chip, place) for chip in self.chips],
        )

    @staticmethod
    def _line(chip: LabelChip, place: ListQuery) -> LabelLine:
        there = SearchQuery(chip.typed)
        return LabelLine(chip, there.url, place.within is not None and place.within.text == there.text)

    def _row(self, flags: frozenset[str]) -> SafeString:
        worn = self.worn(flags)
        shown = format_html_join(" ", MARKUP, [(chip.colour, chip.keyword, chip.name) for chip in worn[:ON_A_ROW]])
        hidden = format_html_join(
            "", '<span data-mark="{}" hidden></span>', [(chip.keyword,) for chip in worn[ON_A_ROW:]]
        )
        if not hidden:
            return shown
        return format_html(
            '{} <span class="label" title="{}">+{}</span>{}', shown, names_text(worn), len(worn) - ON_A_ROW, hidden
        )


MARKUP = '<span class="label" data-tag="{}" data-mark="{}"><span class="cut">{}</span></span>'


_OF_ACCOUNT = CompiledRows(
    lambda key: Label.objects.filter(account=key).values_list("keyword", "name", "colour", "removed_at")
)


def load_labels(account: Account) -> Labels:
    rows = _OF_ACCOUNT.all(account.key)
    if not rows:
        return Labels([LabelChip(keyword, str(name), colour) for keyword, name, colour in DEFAULTS], ())
    shown = [LabelChip(keyword, name, colour) for keyword, name, colour, removed_at in rows if removed_at is None]
    return Labels(shown, {row[0] for row in rows} | {keyword for keyword, _name, _colour in DEFAULTS})


def neutral_chip(keyword: str) -> LabelChip:
    return LabelChip(keyword, label_keywords.label_name(keyword)[:40], NEUTRAL)


def names_text(chips: Iterable[LabelChip]) -> str:
    return ", ".join(chip.name for chip in chips)


def colour_choices() -> list[tuple[str, str]]:
    return [
        ("brick", _("Brick")), ("ochre", _("Ochre")), ("moss", _("Moss")),
        ("teal", _("Teal")), ("slate", _("Slate")), ("plum", _("Plum")),
    ]  # fmt: skip
