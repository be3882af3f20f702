"""Figures for whoever watches over the service, in Prometheus' text format. No name of a person, no address."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from vaguemestre.web.ports import Port

PREFIX = "vaguemestre"


class Gauge(NamedTuple):
    name: str
    means: str
    value: int


type GaugeSource = Callable[[datetime], Iterable[Gauge]]
gauge_sources = Port[GaugeSource]("web.gauge_sources")


def metrics_text(now: datetime) -> str:
    told = chain.from_iterable(gauges(now) for gauges in gauge_sources.all())
    return "".join(f"{line}\n" for gauge in told for line in _lines(gauge))


def _lines(gauge: Gauge) -> Iterator[str]:
    name = f"{PREFIX}_{gauge.name}"
    yield f"# HELP {name} {gauge.means}"
    yield f"# TYPE {name} gauge"
    yield f"{name} {gauge.value}"
