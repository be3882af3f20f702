"""The form of a filter as it was sent: understood, or shown again with what is wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from unicodedata import category

from django.http import QueryDict
from django.utils.translation import gettext as _

from vaguemestre.webmail.rules.filters import rule_text
from vaguemestre.webmail.rules.filters.rule import (
    ASKED,
    CONDITIONS,
    LARGEST,
    NAME_LIMIT,
    VALUE_LIMIT,
    Condition,
    ConditionField,
    Operator,
    Rule,
)

# A line to fill in: the first, and the next ones.
BLANKS = ((f"{ConditionField.FROM}-{Operator.CONTAINS}", ""), (f"{ConditionField.SUBJECT}-{Operator.CONTAINS}", ""))
BIN = "corbeille"
_SIZE = re.compile(r"(\d{1,9}(?:[.,]\d{1,3})?)\s*(ko|kb|mo|mb|go|gb)?", re.IGNORECASE)
_UNITS = {"": 1, "ko": 1, "kb": 1, "mo": 1024, "mb": 1024, "go": 1024 * 1024, "gb": 1024 * 1024}


class FilterFormError(Exception):
    """The message is for the person."""


@dataclass(slots=True)
class FilterForm:
    """As it stands in the form. `lines`: what is asked, and the words beside it."""

    name: str = ""
    any_of: bool = False
    lines: list[tuple[str, str]] = field(default_factory=list)
    to: str = ""
    copies: bool = False
    reads: bool = False
    stars: bool = False
    labels: list[str] = field(default_factory=list)
    forwards: str = ""
    goes_on: bool = False
    on: bool = True

    def shown_lines(self, *, one_more: bool = False) -> list[tuple[str, str]]:
        """At least one; with one to fill in where it was called for."""
        blank = BLANKS[bool(self.lines)]
        return [*self.lines, blank][:CONDITIONS] if one_more or not self.lines else self.lines


def parse_filter_form(post: QueryDict) -> FilterForm:
    pairs = zip(post.getlist("quoi"), post.getlist("valeur"), strict=False)
    filled = [(asked, value) for asked, value in pairs if value.strip() or asked.startswith(f"{ConditionField.FILES}-")]
    return FilterForm(
        name=post.get("nom", "").strip(), any_of=post.get("accord") == "un",
        lines=filled[:CONDITIONS],
        to=post.get("vers", ""), copies="copie" in post, reads="lu" in post, stars="suivi" in post,
        labels=post.getlist("etiquette"), forwards=post.get("transfert", "").strip()[:254],
        goes_on="suite" in post, on="arret" not in post,
    )  # fmt: skip


def form_of_rule(rule: Rule, labels: Mapping[str, str]) -> FilterForm:
    """`labels`: their names by keyword."""
    return FilterForm(
        name=rule.name, any_of=rule.any_of,
        lines=[(f"{one.field}-{one.how}", rule_text.value_text(one, labels)) for one in rule.conditions],
        to=BIN if rule.bins else rule.folder, copies=rule.copies, reads=rule.reads, stars=rule.stars,
        labels=list(rule.labels), forwards=rule.forwards, goes_on=not rule.stops, on=rule.on,
    )  # fmt: skip


def build_rule(typed: FilterForm, places: Mapping[str, str], labels: Mapping[str, str], *, acts: bool = True) -> Rule:
    """`places`: the path of each folder that mail may be filed in, by its id. `labels`: their names by keyword.
    `acts`: something must happen, too. Raises FilterFormError."""
    conditions = tuple(_condition(asked, value, labels) for asked, value in typed.lines)
    if not conditions:
        raise FilterFormError(_("Say which messages are meant: fill in a condition at least."))
    if typed.to and typed.to != BIN and typed.to not in places:
        raise FilterFormError(_("This folder is no longer there: choose another one."))
    worn = tuple(word for word in dict.fromkeys(typed.labels) if word in labels)
    rule = Rule(
        name=_clean(typed.name or rule_text.default_name(conditions, labels))[:NAME_LIMIT],
        any_of=typed.any_of, conditions=conditions,
        folder="" if typed.to == BIN else typed.to, path=places.get(typed.to, ""),
        copies=typed.copies and typed.to not in {"", BIN}, bins=typed.to == BIN, reads=typed.reads, stars=typed.stars,
        labels=worn, forwards=typed.forwards, stops=not typed.goes_on, on=typed.on,
    )  # fmt: skip
    if acts and not rule.does_something:
        raise FilterFormError(_("Say what happens to these messages: choose an act at least."))
    return rule


def _condition(asked: str, value: str, labels: Mapping[str, str]) -> Condition:
    first, _dash, second = asked.partition("-")
    try:
        kind, how = ConditionField(first), Operator(second)
    except ValueError:
        raise FilterFormError(_("Choose what each condition looks at.")) from None
    if how not in ASKED[kind]:
        raise FilterFormError(_("Choose what each condition looks at."))
    if kind == ConditionField.FILES:
        return Condition(kind, how, "")
    if kind == ConditionField.SIZE:
        return Condition(kind, how, str(_kilobytes(value)))
    if kind == ConditionField.LABEL:
        return Condition(kind, how, _keyword(value, labels))
    text = _clean(value)
    if not text:
        raise FilterFormError(_("Say which messages are meant: fill in a condition at least."))
    if len(text) > VALUE_LIMIT:
        raise FilterFormError(_("A condition has %d characters at most.") % VALUE_LIMIT)
    return Condition(kind, how, text)


def _clean(value: str) -> str:
    """On one line, without what neither a mail nor a table can hold."""
    return " ".join("".join(sign if category(sign) not in {"Cc", "Cs"} else " " for sign in value).split())


def _keyword(value: str, labels: Mapping[str, str]) -> str:
    """Of the label that bears this name; one that was renamed since is still itself."""
    wanted = _clean(value).casefold()
    found = next((keyword for keyword, name in labels.items() if wanted in {name.casefold(), keyword.casefold()}), None)
    if found is None:
        raise FilterFormError(_("There is no label of this name. There are: %s.") % ", ".join(labels.values()))
    return found


def _kilobytes(value: str) -> int:
    found = _SIZE.fullmatch(" ".join(value.split()))
    if found is None:
        raise FilterFormError(_("Write a size as a number: 500 for 500 KB, or 2 MB."))
    amount = round(float(found[1].replace(",", ".")) * _UNITS[(found[2] or "").lower()])
    if not 1 <= amount <= LARGEST:
        raise FilterFormError(_("Write a size as a number: 500 for 500 KB, or 2 MB."))
    return amount
