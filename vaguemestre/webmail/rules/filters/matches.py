"""The same judgement on mail that is there already: what a filter would catch, before it is asked to."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Address, Page, Row
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail.rules.filters.rule import Condition, ConditionField, Operator, Rule

STEP = 500
KILOBYTE = 1024
_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
type OnLists = dict[str, UidSet]


@dataclass(frozen=True, slots=True)
class FilterMatches:
    """`looked`: how many messages were looked at, the newest of the folder."""

    rows: list[Row]
    looked: int
    total: int


def find_matches(session: Session, folder: MailboxId, rule: Rule, *, limit: int) -> FilterMatches:
    """One round trip for each 500 messages, and one for each condition about a list."""
    lists = {one.value: session.with_header(folder, "List-Id", one.value) for one in _about_lists(rule)}
    found: list[Row] = []
    looked = total = 0
    for page in _pages(session, folder, limit):
        looked, total = looked + len(page.rows), page.folder_total
        found += [row for row in page.rows if rule_matches(rule, row, lists)]
    return FilterMatches(found, looked, total)


def rule_matches(rule: Rule, row: Row, lists: OnLists) -> bool:
    judged = (_TESTS[one.field](one, row, lists) for one in rule.conditions)
    return any(judged) if rule.any_of else all(judged)


def _pages(session: Session, folder: MailboxId, limit: int) -> Iterator[Page]:
    page = session.page(folder, count=min(STEP, limit))
    left = limit
    while True:
        yield page
        left -= len(page.rows)
        if page.older_before is None or left <= 0:
            return
        page = session.page(folder, before=page.older_before, count=min(STEP, left))


def _about_lists(rule: Rule) -> Iterable[Condition]:
    return (one for one in rule.conditions if one.field == ConditionField.LIST)


def _people(of: Callable[[Row], Iterable[Address]]) -> Callable[[Condition, Row, OnLists], bool]:
    def judge(one: Condition, row: Row, _lists: OnLists) -> bool:
        if one.how == Operator.IS:
            return any(_folded(person.address) == _folded(one.value) for person in of(row))
        return _said(one, (f"{person.name} <{person.address}>" for person in of(row)))

    return judge


def _subject(one: Condition, row: Row, _lists: OnLists) -> bool:
    return _folded(row.subject) == _folded(one.value) if one.how == Operator.IS else _said(one, [row.subject])


def _list(one: Condition, row: Row, lists: OnLists) -> bool:
    return (row.uid in lists[one.value]) is not (one.how == Operator.LACKS)


def _size(one: Condition, row: Row, _lists: OnLists) -> bool:
    limit = one.kilobytes * KILOBYTE
    return row.size > limit if one.how == Operator.OVER else row.size < limit


def _files(one: Condition, row: Row, _lists: OnLists) -> bool:
    return row.has_attachments is (one.how == Operator.SOME)


def _label(one: Condition, row: Row, _lists: OnLists) -> bool:
    """On mail that is there, whoever put it. As it comes in, only a filter before this one has."""
    return (one.value.lower() in {flag.lower() for flag in row.flags}) is (one.how == Operator.WORN)


def _said(one: Condition, texts: Iterable[str]) -> bool:
    there = any(_folded(one.value) in _folded(text) for text in texts)
    return there is not (one.how == Operator.LACKS)


def _folded(text: str) -> str:
    return text.translate(_SMALL)


_TESTS: dict[ConditionField, Callable[[Condition, Row, OnLists], bool]] = {
    ConditionField.FROM: _people(lambda row: [row.sender] if row.sender else []),
    ConditionField.TO: _people(lambda row: (*row.to, *row.cc)),
    ConditionField.SUBJECT: _subject,
    ConditionField.LIST: _list,
    ConditionField.SIZE: _size,
    ConditionField.FILES: _files,
    ConditionField.LABEL: _label,
}
