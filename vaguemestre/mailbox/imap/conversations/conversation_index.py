"""Which messages of one account belong together: by their Message-ID and those they refer to, never by their subject.

Kept small, since it is kept for many people at once: about 100 bytes a message. Identifiers are held as numbers of 64
bits that nobody outside can foresee, messages as numbers in arrays, and only exchanges of several have a list of their
own. What a deleted message had joined stays joined.

The order of a folder is that in which its mail was received, whenever it was filed there. As a rule that is the order
of its numbers, and nothing more is kept; in a folder where older mail came in later, `IndexSegment.order` says it.
"""

import os
from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import gt
from threading import RLock

from vaguemestre.mailbox.values import BeforeUid, MailboxId, Uid

TOGETHER = 100  # messages of one exchange; what comes after begins another
SETTLE = 2000  # identifiers held loose before they are sorted in
_LAST = 0xFFFF_FFFF
_ABOVE_ALL = 1 << 64

type Spot = tuple[MailboxId, Uid]


def number_of(key: int) -> Uid:
    return Uid(key & _LAST)


def before_uid(key: int) -> BeforeUid:
    return BeforeUid(key & _LAST, key >> 32)


class Identifiers:
    """Identifier → group. Sorted arrays hold a tenth of what a dictionary would."""

    def __init__(self) -> None:
        self._keys, self._groups = array("Q"), array("I")
        self._loose: dict[int, int] = {}

    def get(self, key: int) -> int | None:
        found = self._loose.get(key)
        if found is not None:
            return found
        place = bisect_left(self._keys, key)
        return self._groups[place] if place < len(self._keys) and self._keys[place] == key else None

    def put(self, key: int, group: int) -> None:
        self._loose[key] = group
        if len(self._loose) > SETTLE + len(self._keys) // 4:
            self.settle()

    def arrays(self) -> tuple["array[int]", "array[int]", "array[int]", "array[int]"]:
        return self._keys, self._groups, array("Q", self._loose), array("I", self._loose.values())

    def take(self, keys: "array[int]", groups: "array[int]", loose: "array[int]", loose_groups: "array[int]") -> None:
        """What `arrays` gave."""
        self._keys, self._groups = keys, groups
        self._loose = dict(zip(loose, loose_groups, strict=True))

    def settle(self) -> None:
        """Loose ones win: an exchange that was full continues under another group."""
        whole = dict(zip(self._keys, self._groups, strict=True)) | self._loose
        ordered = sorted(whole)
        self._keys, self._groups = array("Q", ordered), array("I", map(whole.__getitem__, ordered))
        self._loose = {}


@dataclass(slots=True)
class IndexSegment:
    """One folder: its messages by number, the group of each, and the second in which it was received (0: not known)."""

    folder: MailboxId
    number: int
    validity: int
    uid_next: int = 0  # never looked at
    exchanges: int = 0
    uids: "array[int]" = field(default_factory=lambda: array("I"))
    groups: "array[int]" = field(default_factory=lambda: array("I"))
    came: "array[int]" = field(default_factory=lambda: array("I"))
    order: "array[int] | None" = None  # second and number as one, sorted; None where the numbers are in that order

    def __post_init__(self) -> None:
        if any(map(gt, self.came, self.came[1:])):
            self._sort()

    def put(self, place: int, uid: int, group: int, came: int) -> None:
        came = min(max(came, 0), _LAST)
        fits = (not place or self.came[place - 1] <= came) and (place == len(self.uids) or came <= self.came[place])
        self.uids.insert(place, uid)
        self.groups.insert(place, group)
        self.came.insert(place, came)
        if self.order is not None:
            insort(self.order, came << 32 | uid)
        elif not fits:
            self._sort()

    def take(self, place: int) -> None:
        uid, came = self.uids[place], self.came[place]
        if self.order is not None:
            del self.order[bisect_left(self.order, came << 32 | uid)]
        del self.uids[place], self.groups[place], self.came[place]

    def key(self, uid: int) -> int:
        """The greater, the higher it stands. One that left stands where it stood. Where its second is not said, that is
        after the number before it; in a folder that is out of order nobody knows, and the whole list is below it."""
        place = bisect_left(self.uids, uid)
        if place < len(self.uids) and self.uids[place] == uid:
            return self._key_at(place)
        if isinstance(uid, BeforeUid):
            return uid.second << 32 | uid
        if self.order is not None:
            return _ABOVE_ALL
        return (self.came[place - 1] if place else 0) << 32 | uid

    def rank(self, uid: int) -> int:
        """How many stand above it, itself included."""
        places = range(len(self.uids))
        if self.order is None:
            return len(places) - bisect_left(places, self.key(uid), key=self._key_at)
        return len(places) - bisect_left(self.order, self.key(uid))

    def window(self, rank: int, count: int) -> list[Uid]:
        """So many messages below so many others, newest first."""
        ordered = self.uids if self.order is None else self.order
        end = len(ordered) - max(rank, 0)
        return [Uid(one & _LAST) for one in reversed(ordered[max(0, end - count) : max(0, end)])]

    def newest_first(self) -> Iterator[tuple[int, int]]:
        """Key and group of each."""
        if self.order is None:
            for uid, group, came in zip(reversed(self.uids), reversed(self.groups), reversed(self.came), strict=True):
                yield came << 32 | uid, group
            return
        for key in reversed(self.order):
            yield key, self.groups[bisect_left(self.uids, key & _LAST)]

    def _key_at(self, place: int) -> int:
        return self.came[place] << 32 | self.uids[place]

    def _sort(self) -> None:
        self.order = array("Q", sorted(came << 32 | uid for came, uid in zip(self.came, self.uids, strict=True)))

    def place_of(self, uid: int) -> int | None:
        place = bisect_left(self.uids, uid)
        return place if place < len(self.uids) and self.uids[place] == uid else None


class ConversationIndex:
    """Hold `lock` while reading or changing it, unless a method says that it does."""

    def __init__(self, key: bytes = b"", *, fresh: bool = True) -> None:
        self.lock = RLock()
        self.key = key or os.urandom(32)  # so that nobody writes an identifier whose number is another's
        self.fresh = fresh  # no file says anything of it (`kept`)
        self.unsaid = 0  # messages that came or left since it was written to a file
        self.changes = 0  # so many since it was made: equal means that nothing was learned or forgotten meanwhile
        self.clear()

    def clear(self) -> None:
        """Of these parts, nobody outside but `kept` knows."""
        self.shelves: dict[MailboxId, IndexSegment] = {}
        self.numbers: list[MailboxId] = []
        self.identifiers = Identifiers()
        self.parents = array("I")
        self.only = array("Q")  # the one message of a group; 0 when it has none, or several
        self.several: dict[int, list[int]] = {}
        self.changes += 1

    def __len__(self) -> int:
        return sum(len(shelf.uids) for shelf in self.shelves.values())

    @property
    def worn(self) -> bool:
        """More was forgotten than is left: time to begin again."""
        return len(self.parents) > 2 * len(self) + 5000

    def shelf(self, folder: MailboxId, validity: int) -> IndexSegment:
        known = self.shelves.get(folder)
        if known is not None and known.validity == validity:
            return known
        self.drop(folder)
        self.numbers.append(folder)
        self.shelves[folder] = IndexSegment(folder, len(self.numbers), validity)
        self.changes += 1
        return self.shelves[folder]

    def drop(self, folder: MailboxId) -> None:
        shelf = self.shelves.get(folder)
        if shelf is not None:
            self.remove(shelf, list(shelf.uids))
            del self.shelves[folder]
            self.changes += 1

    def add(self, shelf: IndexSegment, uid: int, identifiers: Iterable[str], came: int = 0) -> None:
        """Its own identifier first, or none at all; the second in which it was received. A number that is known already
        is passed over."""
        place = bisect_left(shelf.uids, uid)
        if place < len(shelf.uids) and shelf.uids[place] == uid:
            return
        keys = [self._number_of(one) for one in dict.fromkeys(identifiers)]
        found = [self.identifiers.get(key) for key in keys]
        group = self._joined({self._root(one) for one in found if one is not None})
        for key, known in zip(keys, found, strict=True):
            if known is None or self._root(known) != group:
                self.identifiers.put(key, group)
        self.unsaid += 1
        shelf.put(place, uid, group, came)
        if not any(self._number(one) == shelf.number for one in self._members(group)):
            shelf.exchanges += 1
        self._hold(group, [*self._members(group), shelf.number << 32 | uid])

    def remove(self, shelf: IndexSegment, uids: Iterable[int]) -> None:
        for uid in uids:
            place = shelf.place_of(uid)
            if place is None:
                continue
            self.unsaid += 1
            group = self._root(shelf.groups[place])
            shelf.take(place)
            left = [one for one in self._members(group) if one != shelf.number << 32 | uid]
            self._hold(group, left)
            if not any(self._number(one) == shelf.number for one in left):
                shelf.exchanges -= 1

    def forget(self, folder: MailboxId, uids: Iterable[int]) -> None:
        """What this process itself has taken away need not be asked for. Takes the lock."""
        with self.lock:
            shelf = self.shelves.get(folder)
            if shelf is not None:
                self.remove(shelf, uids)

    def together(self, folder: MailboxId, uid: Uid) -> list[Spot]:
        """The whole exchange of a message, itself included; empty for one that is not known."""
        shelf = self.shelves.get(folder)
        place = shelf.place_of(uid) if shelf else None
        if shelf is None or place is None:
            return []
        return [
            (self.numbers[self._number(one) - 1], Uid(one & 0xFFFF_FFFF))
            for one in self._members(self._root(shelf.groups[place]))
        ]

    def heads(self, folder: MailboxId) -> Iterator[Uid]:
        """The newest message of each exchange in a folder, newest first. Costs what is taken, not what is there."""
        return map(number_of, self.keys(folder))

    def keys(self, folder: MailboxId) -> Iterator[int]:
        """The same, as `IndexSegment.key` tells them."""
        shelf = self.shelves.get(folder)
        seen: set[int] = set()
        for key, group in shelf.newest_first() if shelf else ():
            root = self._root(group)
            if root in self.several:
                if root in seen:
                    continue
                seen.add(root)
            yield key

    def heads_among(self, folder: MailboxId, uids: Iterable[int]) -> list[Uid]:
        return list(map(number_of, self.keys_among(folder, uids)))

    def keys_among(self, folder: MailboxId, uids: Iterable[int], *, singly: bool = False) -> list[int]:
        """The newest message here of each exchange that has one of these, newest first; `singly`, these."""
        shelf = self.shelves.get(folder)
        if shelf is None:
            return []
        places = [place for uid in uids if (place := shelf.place_of(uid)) is not None]
        if singly:
            keys = (shelf.came[place] << 32 | shelf.uids[place] for place in places)
        else:
            groups = {self._root(shelf.groups[place]) for place in places}
            keys = (
                max(shelf.key(one & _LAST) for one in self._members(group) if self._number(one) == shelf.number)
                for group in groups
            )
        return sorted(keys, reverse=True)

    def _joined(self, roots: set[int]) -> int:
        """One group out of several, as long as it does not grow beyond its limit; a new one when none has room."""
        target: int | None = None
        for root in sorted(roots):
            if target is None:
                target = root if len(self._members(root)) < TOGETHER else None
            elif len(self._members(root)) + len(self._members(target)) < TOGETHER:
                self._merge(root, target)
        if target is None:
            target = len(self.parents)
            self.parents.append(target)
            self.only.append(0)
        return target

    def _merge(self, root: int, target: int) -> None:
        ours, theirs = self._members(target), self._members(root)
        for number in {self._number(one) for one in ours} & {self._number(one) for one in theirs}:
            self.shelves[self.numbers[number - 1]].exchanges -= 1
        self._hold(root, [])
        self.parents[root] = target
        self._hold(target, ours + theirs)

    def _root(self, group: int) -> int:
        parents = self.parents
        while (above := parents[group]) != group:
            parents[group] = group = parents[above]
        return group

    def _members(self, root: int) -> list[int]:
        several = self.several.get(root)
        if several is not None:
            return several
        return [self.only[root]] if self.only[root] else []

    def _hold(self, root: int, members: list[int]) -> None:
        self.changes += 1
        self.several.pop(root, None)
        self.only[root] = members[0] if len(members) == 1 else 0
        if len(members) > 1:
            self.several[root] = members

    def _number_of(self, identifier: str) -> int:
        return int.from_bytes(blake2b(identifier.encode("utf-8", "replace"), key=self.key, digest_size=8).digest())

    @staticmethod
    def _number(packed: int) -> int:
        return packed >> 32
