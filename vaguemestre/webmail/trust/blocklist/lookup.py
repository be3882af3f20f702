"""Whether a link is on the list: one query for all links of a page, none where there is no link.

Each process holds the traces of all entries (8 bytes each, 1.6 MB for 200,000) and asks the database only whether they
are still the last; a link then costs some microseconds, however long the list is."""

from array import array
from bisect import bisect_left

from django.db.models import BinaryField, Case, F, Value, When

from vaguemestre.web.compiled_query import CompiledRows
from vaguemestre.webmail.models import SuspectIndex
from vaguemestre.webmail.trust.blocklist.canonical_urls import (
    Target,
    host_keys,
    key_hash,
    path_keys,
    possible_targets,
    site_of_plain,
)

MOST = 3000  # links of one text that are judged
type Traces = array[int]
NONE: Traces = array("q")
_INDEX = CompiledRows(
    lambda version: SuspectIndex.objects.filter(pk=1).values_list(
        "version",
        Case(When(version=version, then=Value(None)), default=F("traces"), output_field=BinaryField(null=True)),
    )
)

_held: tuple[str, Traces] = ("", NONE)  # replaced whole: threads see the former pair or the new one


class Lookup:
    """Of one request. `names` is True for a link of the list, None where there are too many to judge."""

    def __init__(self) -> None:
        self._traces: Traces | None = None
        self._known: dict[str, tuple[str, str]] = {}
        self._sites: dict[str, bool] = {}  # the hundreds of links of a newsletter lead to a few

    def names(self, address: str) -> bool | None:
        if address not in self._known and len(self._known) >= MOST:
            return None
        return bool(self.trap(address))

    def plain_site(self, address: str) -> str:
        """The site of an address that is written plainly and not on the list, nor are there too many; else empty. In a
        fraction of the time of `names` and `host`, which say the same of it."""
        site = site_of_plain(address)
        if not site or len(self._known) >= MOST:
            return ""
        if self._none():
            self._known[address] = site, ""
            return site
        return "" if self.trap(address) else site

    def trap(self, address: str) -> str:
        """The site or the page that is on the list, which the link leads to or is sent on to; empty when none is."""
        return self._judged(address)[1]

    def host(self, address: str) -> str:
        """The site that it leads to as browsers read it; empty when it is none."""
        return self._judged(address)[0]

    def _judged(self, address: str) -> tuple[str, str]:
        found = self._known.get(address)
        if found is None:
            there = possible_targets(address)
            trap = next(filter(None, map(self._trap, there)), "")
            found = self._known[address] = (there[0].host if there else "", trap)
        return found

    def _none(self) -> bool:
        """Nothing is on the list."""
        if self._traces is None:
            self._traces = latest_traces()
        return not self._traces

    def _trap(self, there: Target) -> str:
        if self._none():
            return ""
        if there.host not in self._sites:
            self._sites[there.host] = any(map(self._is_listed, host_keys(there.host)))
        return there.host if self._sites[there.host] else next(filter(self._is_listed, path_keys(there)), "")

    def _is_listed(self, key: str) -> bool:
        return self._traces is not None and _holds(self._traces, key_hash(key))


def latest_traces() -> Traces:
    """One query, which brings the traces only when they have changed."""
    global _held
    version, traces = _held
    row = next(iter(_INDEX.all(version)), None)
    if row is None:
        return NONE
    if row[1] is not None:
        traces = array("q", bytes(row[1]))
        _held = row[0], traces
    return traces


def _holds(traces: Traces, wanted: int) -> bool:
    place = bisect_left(traces, wanted)
    return place < len(traces) and traces[place] == wanted
