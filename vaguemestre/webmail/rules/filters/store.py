"""The filters of a person, in their order."""

from dataclasses import dataclass

from vaguemestre.webmail.models.filter import Filter
from vaguemestre.webmail.rules.filters import rule
from vaguemestre.webmail.rules.filters.rule import Rule


@dataclass(frozen=True, slots=True)
class StoredFilter:
    id: int
    rule: Rule


def load_filters(account_key: str) -> list[StoredFilter]:
    return [
        StoredFilter(row.pk, rule.rule_from_data(row.rule)) for row in Filter.objects.filter(account_id=account_key)
    ]


def find_filter(account_key: str, filter_id: int) -> StoredFilter | None:
    row = Filter.objects.filter(account_id=account_key, pk=filter_id).first()
    return StoredFilter(row.pk, rule.rule_from_data(row.rule)) if row else None


def active_rules(account_key: str) -> list[Rule]:
    return [kept.rule for kept in load_filters(account_key) if kept.rule.on]
