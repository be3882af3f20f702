"""Figures for whoever watches over the service, in Prometheus' text format. Rooms that have some are named in
`settings.GAUGES`: functions (now) -> gauges. No name of a person, no address."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import NamedTuple, cast

from django.conf import settings
from django.utils.module_loading import import_string

PREFIX = "vaguemestre"


class Gauge(NamedTuple):
    name: str
    means: str
    value: int


def page(now: datetime) -> str:
    told = chain.from_iterable(cast(_Teller, import_string(path))(now) for path in settings.GAUGES)
    return "".join(f"{line}\n" for gauge in told for line in _lines(gauge))


type _Teller = Callable[[datetime], Iterable[Gauge]]


def _lines(gauge: Gauge) -> Iterator[str]:
    name = f"{PREFIX}_{gauge.name}"
    yield f"# HELP {name} {gauge.means}"
    yield f"# TYPE {name} gauge"
    yield f"{name} {gauge.value}"
