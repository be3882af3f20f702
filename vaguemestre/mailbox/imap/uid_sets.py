"""Thousands of messages as a few ranges: what is left to do, what was done."""

from collections.abc import Iterable
from typing import Self

from vaguemestre.mailbox.imap.wire.commands import UidNumbers, uid_sets
from vaguemestre.mailbox.values import Uid


class UidSet(UidNumbers):
    """Written and read as the server writes it: 200,000 messages in a row are "1:200000"."""

    __slots__ = ()

    @classmethod
    def of(cls, uids: Iterable[int]) -> Self:
        return cls.read(",".join(part.decode() for part in uid_sets([Uid(uid) for uid in uids])))

    def __str__(self) -> str:
        return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in self.ranges)

    @property
    def uids(self) -> list[Uid]:
        return [Uid(number) for number in self]

    def highest(self, count: int) -> tuple[Self, Self]:
        """The last numbers, and the rest: what came last stands first on the screen, and is done first."""
        kind, cut = type(self), max(0, len(self) - count)
        return kind.of(self.part(cut, len(self))), kind(_first(self.ranges, cut))

    def united(self, other: "UidSet") -> Self:
        return type(self)(_joined([*self.ranges, *other.ranges]))

    def without(self, other: "UidSet") -> Self:
        return type(self).of(set(self) - set(other))


def _first(ranges: tuple[tuple[int, int], ...], count: int) -> tuple[tuple[int, int], ...]:
    kept = []
    for low, high in ranges:
        if count <= 0:
            break
        kept.append((low, min(high, low + count - 1)))
        count -= high - low + 1
    return tuple(kept)


def _joined(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)
