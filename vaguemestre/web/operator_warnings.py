"""What whoever runs the service must see to before it becomes a failure, said to administrators alone."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import chain

from vaguemestre.web.ports import Port

type WarningSource = Callable[[datetime], Iterable[str]]
warning_sources = Port[WarningSource]("web.warning_sources")  # whole sentences, with what to do


def operator_warnings(now: datetime) -> list[str]:
    return list(chain.from_iterable(warnings(now) for warnings in warning_sources.all()))
