"""Figures for whoever watches over the service, in Prometheus' text format. No name of a person, no address."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import accumulate
from typing import Literal, NamedTuple

from vaguemestre.web.monitoring.counters import Counter, Histogram
from vaguemestre.web.ports import Port

PREFIX = "vaguemestre"
logger = logging.getLogger(__name__)


class Gauge(NamedTuple):
    """One figure. `labels`: words of our own, never what somebody typed; the figures of one name come together.
    A `counter` only grows, and its name ends in `_total`."""

    name: str
    means: str
    value: float
    labels: Mapping[str, str] = {}
    kind: Literal["gauge", "counter", "histogram"] = "gauge"
    suffix: str = ""  # of a histogram's lines


type GaugeSource = Callable[[datetime], Iterable[Gauge]]
gauge_sources = Port[GaugeSource]("web.gauge_sources")


def metrics_text(now: datetime) -> str:
    """A source that fails takes its own figures away, and is counted; the others are told."""
    told: list[Gauge] = []
    failed = 0
    for source in gauge_sources.all():
        try:
            told += list(source(now))  # all of it or nothing
        except Exception:  # whatever one of them meets, the others are what one looks at then
            logger.exception("figures of %s", source.__module__)
            failed += 1
    told.append(Gauge("sources_failing", "Parts of the service whose figures are missing here.", failed))
    return "".join(f"{line}\n" for line in _lines(told))


def counter_gauges(counter: Counter) -> Iterator[Gauge]:
    for labels, [count] in counter.totals():
        yield Gauge(counter.name, counter.means, count, labels, "counter")


def histogram_gauges(histogram: Histogram) -> Iterator[Gauge]:
    for labels, [*counts, microseconds] in histogram.totals():
        about = histogram.name, histogram.means
        for bound, below in zip([*map(str, histogram.bounds), "+Inf"], accumulate(counts), strict=True):
            yield Gauge(*about, below, {**labels, "le": bound}, "histogram", "_bucket")
        yield Gauge(*about, microseconds / 1_000_000, labels, "histogram", "_sum")
        yield Gauge(*about, sum(counts), labels, "histogram", "_count")


def _lines(told: Iterable[Gauge]) -> Iterator[str]:
    families: dict[str, list[Gauge]] = {}
    for gauge in told:
        families.setdefault(gauge.name, []).append(gauge)
    for name, gauges in families.items():
        yield f"# HELP {PREFIX}_{name} {gauges[0].means}"
        yield f"# TYPE {PREFIX}_{name} {gauges[0].kind}"
        for gauge in gauges:
            labels = ",".join(f'{label}="{value}"' for label, value in gauge.labels.items())
            yield f"{PREFIX}_{name}{gauge.suffix}{f'{{{labels}}}' if labels else ''} {gauge.value:.15g}"
