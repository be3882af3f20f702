"""A filter in a sentence, and what the menus of its form say."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.web.number_text import octets_text
from vaguemestre.webmail.rules.filters.rule import Condition, ConditionField, Operator, Rule

KILOBYTE = 1024
ASKING: dict[tuple[ConditionField, Operator], Promise] = {
    (ConditionField.FROM, Operator.CONTAINS): gettext_lazy("the sender contains"),
    (ConditionField.FROM, Operator.LACKS): gettext_lazy("the sender does not contain"),
    (ConditionField.FROM, Operator.IS): gettext_lazy("the sender’s address is"),
    (ConditionField.TO, Operator.CONTAINS): gettext_lazy("a recipient contains"),
    (ConditionField.TO, Operator.LACKS): gettext_lazy("no recipient contains"),
    (ConditionField.TO, Operator.IS): gettext_lazy("a recipient’s address is"),
    (ConditionField.SUBJECT, Operator.CONTAINS): gettext_lazy("the subject contains"),
    (ConditionField.SUBJECT, Operator.LACKS): gettext_lazy("the subject does not contain"),
    (ConditionField.SUBJECT, Operator.IS): gettext_lazy("the subject is"),
    (ConditionField.LIST, Operator.CONTAINS): gettext_lazy("the mailing list contains"),
    (ConditionField.LIST, Operator.LACKS): gettext_lazy("the mailing list does not contain"),
    (ConditionField.LIST, Operator.IS): gettext_lazy("the mailing list is"),
    (ConditionField.SIZE, Operator.OVER): gettext_lazy("the message weighs more than"),
    (ConditionField.SIZE, Operator.UNDER): gettext_lazy("the message weighs less than"),
    (ConditionField.FILES, Operator.SOME): gettext_lazy("there is an attachment"),
    (ConditionField.FILES, Operator.NONE): gettext_lazy("there is no attachment"),
    (ConditionField.LABEL, Operator.WORN): gettext_lazy("the message bears the label"),
    (ConditionField.LABEL, Operator.BARE): gettext_lazy("the message does not bear the label"),
}


def field_choices() -> list[tuple[str, str]]:
    """What the first menu of a condition offers: one word for field and comparison."""
    return [(f"{field}-{how}", str(words)) for (field, how), words in ASKING.items()]


def value_text(one: Condition, labels: Mapping[str, str]) -> str:
    if one.field == ConditionField.LABEL:
        return labels.get(one.value, one.value)
    return octets_text(one.kilobytes * KILOBYTE) if one.field == ConditionField.SIZE else one.value


def condition_text(one: Condition, labels: Mapping[str, str]) -> str:
    asked = str(ASKING[one.field, one.how])
    if one.field == ConditionField.FILES:
        return asked
    value = value_text(one, labels)
    return (
        f"{asked} {value}"
        if one.field == ConditionField.SIZE
        else _("%(asked)s “%(value)s”") % {"asked": asked, "value": value}
    )


def conditions_text(rule: Rule, labels: Mapping[str, str]) -> str:
    """`labels`: their names by keyword."""
    joined = (_(" or ") if rule.any_of else _(" and ")).join(condition_text(one, labels) for one in rule.conditions)
    return _("If %s") % joined


def action_texts(rule: Rule, places: Mapping[str, str], labels: Mapping[str, str]) -> list[str]:
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


def default_name(conditions: Sequence[Condition], labels: Mapping[str, str]) -> str:
    """For a filter that was given none."""
    words = condition_text(conditions[0], labels) if conditions else ""
    return words[:1].upper() + words[1:]
