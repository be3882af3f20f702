"""The same judgement on mail that is there already: what a filter would catch, before it is asked to."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Address, Page, Row
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail.rules.filters.rule import Condition, Field, How, Rule

STEP = 500
KILOBYTE = 1024
_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
type OnLists = dict[str, UidSet]


@dataclass(frozen=True, slots=True)
class Caught:
    """`looked`: how many messages were looked at, the newest of the folder."""

    rows: list[Row]
    looked: int
    total: int


def caught(session: Session, folder: MailboxId, rule: Rule, *, limit: int) -> Caught:
    """One round trip for each 500 messages, and one for each condition about a list."""
    lists = {one.value: session.with_header(folder, "List-Id", one.value) for one in _about_lists(rule)}
    found: list[Row] = []
    looked = total = 0
    for page in _pages(session, folder, limit):
        looked, total = looked + len(page.rows), page.folder_total
        found += [row for row in page.rows if fits(rule, row, lists)]
    return Caught(found, looked, total)


def fits(rule: Rule, row: Row, lists: OnLists) -> bool:
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
    return (one for one in rule.conditions if one.field == Field.LIST)


def _people(of: Callable[[Row], Iterable[Address]]) -> Callable[[Condition, Row, OnLists], bool]:
    def judge(one: Condition, row: Row, _lists: OnLists) -> bool:
        if one.how == How.IS:
            return any(_folded(person.address) == _folded(one.value) for person in of(row))
        return _said(one, (f"{person.name} <{person.address}>" for person in of(row)))

    return judge


def _subject(one: Condition, row: Row, _lists: OnLists) -> bool:
    return _folded(row.subject) == _folded(one.value) if one.how == How.IS else _said(one, [row.subject])


def _list(one: Condition, row: Row, lists: OnLists) -> bool:
    return (row.uid in lists[one.value]) is not (one.how == How.LACKS)


def _size(one: Condition, row: Row, _lists: OnLists) -> bool:
    limit = one.kilobytes * KILOBYTE
    return row.size > limit if one.how == How.OVER else row.size < limit


def _files(one: Condition, row: Row, _lists: OnLists) -> bool:
    return row.has_attachments is (one.how == How.SOME)


def _label(one: Condition, row: Row, _lists: OnLists) -> bool:
    """On mail that is there, whoever put it. As it comes in, only a filter before this one has."""
    return (one.value.lower() in {flag.lower() for flag in row.flags}) is (one.how == How.WORN)


def _said(one: Condition, texts: Iterable[str]) -> bool:
    there = any(_folded(one.value) in _folded(text) for text in texts)
    return there is not (one.how == How.LACKS)


def _folded(text: str) -> str:
    return text.translate(_SMALL)


_TESTS: dict[Field, Callable[[Condition, Row, OnLists], bool]] = {
    Field.FROM: _people(lambda row: [row.sender] if row.sender else []),
    Field.TO: _people(lambda row: (*row.to, *row.cc)),
    Field.SUBJECT: _subject, Field.LIST: _list, Field.SIZE: _size, Field.FILES: _files,
    Field.LABEL: _label,
}  # fmt: skip
