"""Sizes and numbers as people read them."""

from django.utils.translation import get_language, gettext as _, ngettext

NARROW = "\N{NARROW NO-BREAK SPACE}"
NBSP = "\N{NO-BREAK SPACE}"


def number_text(number: int) -> str:
    """35 539, with the narrow space of French typography."""
    return f"{number:,}".replace(",", NARROW if get_language() == "fr" else ",")


def octets_text(count: int) -> str:
    """214 Ko, 1,1 Mo: a decimal only where it says something."""
    if count < 1024:
        return f"{count}{NBSP}{ngettext('B', 'B', count)}"
    amount = count / 1024
    for unit in (_("KB"), _("MB"), _("GB")):
        if amount < 1000 or unit == _("GB"):
            break
        amount /= 1024
    precise = amount < 10 and unit != _("KB")
    text = f"{amount:.1f}".removesuffix(".0") if precise else f"{amount:.0f}"
    return f"{text.replace('.', ',') if get_language() == 'fr' else text}{NBSP}{unit}"
