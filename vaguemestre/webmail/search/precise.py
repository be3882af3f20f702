"""A search in words: what was written in each field, as the box would have it typed."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from vaguemestre.mailbox.messages import Folder
from vaguemestre.webmail.folders.lookup import path_text, search_path_text

# The operator of each field; its words are looked for one by one where they need not follow one another.
FIELDS = {
    "par": "de", "pour": "à", "objet": "objet", "dans": "dans", "quand": "pendant", "apres": "après", "avant": "avant",
}  # fmt: skip
WORD_BY_WORD = {"objet"}


def typed_query(fields: Mapping[str, str]) -> str:
    """Empty when nothing was written in any of them."""
    found = []
    for field, operator in FIELDS.items():
        said = " ".join(fields.get(field, "").replace('"', " ").split())
        for value in said.split(" ") if field in WORD_BY_WORD else [said]:
            if value:
                found.append(f'{operator}:"{value}"' if " " in value else f"{operator}:{value}")
    return " ".join(found)


def period_choices() -> list[tuple[str, str]]:
    """Those that people have a word for, as the box would have them typed."""
    return [
        ("cette semaine", _("this week")), ("semaine dernière", _("last week")), ("ce mois", _("this month")),
        ("mois dernier", _("last month")), ("cette année", _("this year")), ("année dernière", _("last year")),
    ]  # fmt: skip


def place_choices(folders: Sequence[Folder]) -> list[tuple[str, str]]:
    """Where one may look; a name that the box would misread is left to it."""
    return [(name, path_text(one)) for one in folders if one.id and '"' not in (name := search_path_text(one))]
