"""What the form of a filter says."""

from django.utils.translation import gettext as _

from vaguemestre.webmail.rules.filters import rule


def too_many_text() -> str:
    return _("There are %d filters already: delete one first.") % rule.RULES
