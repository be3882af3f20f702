"""A folder as a line of the column. Drawn as a text and not as a template: who comes again waits for a dozen of
them."""

from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext as _

from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web.templatetags.web import icon


@dataclass(frozen=True, slots=True)
class FolderLine:
    """`href` is empty for a mere parent, which cannot be opened."""

    id: MailboxId | None
    key: str
    label: str
    icon: str  # empty inside another folder, and where its arrow stands
    href: str
    count: str
    counted: str  # what the count is of, for those who do not see its colour
    asks: bool
    current: bool
    depth: int
    minor: bool
    takes: bool  # messages may be let fall on it
    fold: str  # "open", "closed"; empty without children
    holds: bool  # the folder in view is inside, and not shown
    go: str  # the keys that lead to it
    acts: str  # "all"; "inside": it keeps its name and its place; "own": it takes none; "aged": both; "junk": it may be
    # emptied as well; "emptied": that alone; "none": no menu
    away: bool = False  # in a folded one: what finds folders finds it too

    @property
    def level(self) -> int:
        return self.depth + 1

    @property
    def drawn(self) -> SafeString:
        """It says the same until its count changes: it is drawn once."""
        return _drawn(self, get_language())

    @property
    def mark(self) -> str:
        """That it is the folder in view, or holds it."""
        return ' aria-current="page"' if self.current else ' aria-current="true"' if self.holds else ""


@lru_cache(maxsize=8192)
def _drawn(line: FolderLine, _language: str | None) -> SafeString:
    level = f' aria-level="{line.level}"' if line.depth else ""
    acts = f' data-acts="{line.acts}"' if line.acts != "all" else ""
    acts += " data-away hidden" if line.away else ""
    return SafeString(
        f'<li class="folder-item" data-value="{escape(line.key)}" data-depth="{line.depth}"{level}'
        f"{' data-minor' if line.minor else ''}{acts}>\n{_fold(line) if line.fold else ''}{_name(line)}</li>\n"
    )


def _fold(line: FolderLine) -> str:
    is_open = line.fold == "open"
    said = escape(_("Subfolders of %(name)s") % {"name": line.label})
    return (
        f'<button class="folder-fold" form="arbre" name="dossier" value="{escape(line.key)}"\n'
        f'    aria-expanded="{"true" if is_open else "false"}" aria-label="{said}">\n'
        f"  {icon('chevron-down' if is_open else 'chevron-right')}</button>\n"
    )


def _name(line: FolderLine) -> str:
    label = escape(line.label)
    name = f'<span class="folder-name cut">{label}</span>{_count(line)}'
    gap = '<span class="folder-gap"></span>'
    if not line.href:
        return f'<span class="folder" data-depth="{line.depth}"{line.mark}>{gap}{name}</span>'
    drop = f' data-drop="{escape(line.id or "")}"' if line.takes else ""
    go = f' data-key="{escape(line.go)}"' if line.go else ""
    return (
        f'<a class="folder" data-depth="{line.depth}"{drop} href="{escape(line.href)}"{go}{line.mark}\n'
        f'    title="{label}" data-top>{icon(line.icon) if line.icon else gap}{name}</a>'
    )


def _count(line: FolderLine) -> str:
    if not line.count:
        return ""
    asks = " count-new" if line.asks or not line.href else ""
    words = f'<span class="visually-hidden"> {escape(line.counted)}</span>'
    return f'<span class="count{asks}">{escape(line.count)}{words}</span>'
