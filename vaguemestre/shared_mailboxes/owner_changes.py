"""Which boxes change owner with a feed, before it is applied: what `posts.follow_posts` will do the same day."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from vaguemestre.accounts.models import Account
from vaguemestre.people.facts import FeedLine
from vaguemestre.people.snapshot import Changes
from vaguemestre.shared_mailboxes import periods
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership
from vaguemestre.shared_mailboxes.posts import RightsOfPosts, post_name


@dataclass(slots=True)
class OwnerChange:
    """Names."""

    address: str
    before: list[str]
    after: list[str] = field(default_factory=list)


def owner_changes(changes: Changes, today: date) -> list[OwnerChange]:
    """By address. Boxes that this feed makes are not among them."""
    lines: dict[int | str, FeedLine] = {one.person.pk: one.line for one in [*changes.changed, *changes.returning]}
    left = {person.pk for person in changes.leavers}
    rights = RightsOfPosts()
    before: defaultdict[str, dict[int, str]] = defaultdict(dict)  # box: person, name
    after: defaultdict[str, dict[int | str, str]] = defaultdict(dict)
    owners = periods.live(today).filter(right=MailboxRights.OWNER, member__person__isnull=False)
    for one in owners.select_related("member__person"):
        person = one.member.person
        before[one.box_id][person.pk] = str(person)
        if person.pk not in left and (person.pk not in lines or _keeps(one, lines[person.pk], today)):
            after[one.box_id][person.pk] = str(person)
    lines |= {f"line {line.number}": line for line in changes.joiners}
    for key, line in lines.items():
        for box in _owned(line, rights, today):
            after[box][key] = " ".join(line.person.name)
    return _addressed(before, after)


def _addressed(before: dict[str, dict[int, str]], after: dict[str, dict[int | str, str]]) -> list[OwnerChange]:
    changed = [box for box in before.keys() | after.keys() if before.get(box, {}).keys() != after.get(box, {}).keys()]
    addresses = Account.every.in_bulk(changed)
    found = [
        OwnerChange(addresses[box].address, [*before.get(box, {}).values()], [*after.get(box, {}).values()])
        for box in changed
    ]
    return sorted(found, key=lambda one: one.address)


def _owned(line: FeedLine, rights: RightsOfPosts, today: date) -> set[str]:
    """The boxes of which the posts of this line make somebody an owner."""
    return {
        box for uai, function in _posts(line, today) for box, right in rights.of_post(uai, function)
        if right == MailboxRights.OWNER
    }  # fmt: skip


def _keeps(one: Membership, line: FeedLine, today: date) -> bool:
    """Who was added by hand leaves with the last of the posts that they held then. What a rule gave: `_owned`."""
    posts = {name for uai, function in _posts(line, today) for name in (uai, post_name(uai, function))}
    return not one.by_rule and _in_duty(line, today) and (not one.posts or not posts.isdisjoint(one.posts))


def _posts(line: FeedLine, today: date) -> list[tuple[str, str]]:
    held = [one for one in line.postings if one.starts <= today <= (one.ends or today)]
    return [(one.uai, one.function) for one in held] if _in_duty(line, today) else []


def _in_duty(line: FeedLine, today: date) -> bool:
    return line.person.duty_start <= today <= (line.person.duty_end or today)
