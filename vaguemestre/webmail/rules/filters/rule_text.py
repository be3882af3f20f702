"""A filter in a sentence, and what the menus of its form say."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vaguemestre.web.number_text import size_in_words
from vaguemestre.webmail.rules.filters.rule import Condition, Field, How, Rule

KILOBYTE = 1024
ASKING: dict[tuple[Field, How], Promise] = {
    (Field.FROM, How.CONTAINS): gettext_lazy("the sender contains"),
    (Field.FROM, How.LACKS): gettext_lazy("the sender does not contain"),
    (Field.FROM, How.IS): gettext_lazy("the sender’s address is"),
    (Field.TO, How.CONTAINS): gettext_lazy("a recipient contains"),
    (Field.TO, How.LACKS): gettext_lazy("no recipient contains"),
    (Field.TO, How.IS): gettext_lazy("a recipient’s address is"),
    (Field.SUBJECT, How.CONTAINS): gettext_lazy("the subject contains"),
    (Field.SUBJECT, How.LACKS): gettext_lazy("the subject does not contain"),
    (Field.SUBJECT, How.IS): gettext_lazy("the subject is"),
    (Field.LIST, How.CONTAINS): gettext_lazy("the mailing list contains"),
    (Field.LIST, How.LACKS): gettext_lazy("the mailing list does not contain"),
    (Field.LIST, How.IS): gettext_lazy("the mailing list is"),
    (Field.SIZE, How.OVER): gettext_lazy("the message weighs more than"),
    (Field.SIZE, How.UNDER): gettext_lazy("the message weighs less than"),
    (Field.FILES, How.SOME): gettext_lazy("there is an attachment"),
    (Field.FILES, How.NONE): gettext_lazy("there is no attachment"),
    (Field.LABEL, How.WORN): gettext_lazy("the message bears the label"),
    (Field.LABEL, How.BARE): gettext_lazy("the message does not bear the label"),
}


def choices() -> list[tuple[str, str]]:
    """What the first menu of a condition offers: one word for field and comparison."""
    return [(f"{field}-{how}", str(words)) for (field, how), words in ASKING.items()]


def value_of(one: Condition, labels: Mapping[str, str]) -> str:
    if one.field == Field.LABEL:
        return labels.get(one.value, one.value)
    return size_in_words(one.kilobytes * KILOBYTE) if one.field == Field.SIZE else one.value


def condition_in_words(one: Condition, labels: Mapping[str, str]) -> str:
    asked = str(ASKING[one.field, one.how])
    if one.field == Field.FILES:
        return asked
    value = value_of(one, labels)
    return (
        f"{asked} {value}" if one.field == Field.SIZE else _("%(asked)s “%(value)s”") % {"asked": asked, "value": value}
    )


def conditions_in_words(rule: Rule, labels: Mapping[str, str]) -> str:
    """`labels`: their names by keyword."""
    joined = (_(" or ") if rule.any_of else _(" and ")).join(condition_in_words(one, labels) for one in rule.conditions)
    return _("If %s") % joined


def acts_in_words(rule: Rule, places: Mapping[str, str], labels: Mapping[str, str]) -> list[str]:
    """`places`: what folders are called, by their id."""
    found = []
    if rule.bins:
        found.append(_("put in the bin"))
    elif rule.folder:
        where = places.get(rule.folder)
        words = _("copy to “%s”") if rule.copies else _("file in “%s”")
        found.append(words % where if where else _("file in a folder that is gone: choose another one"))
    found += [_("label “%s”") % labels.get(word, word) for word in rule.labels]
    found += [_("forward to %s") % rule.forwards] if rule.forwards else []
    found += [_("mark as read")] if rule.reads else []
    found += [_("star")] if rule.stars else []
    found += [] if rule.stops else [_("then look at the next filters")]
    return found


def name_of(conditions: Sequence[Condition], labels: Mapping[str, str]) -> str:
    """For a filter that was given none."""
    words = condition_in_words(conditions[0], labels) if conditions else ""
    return words[:1].upper() + words[1:]
