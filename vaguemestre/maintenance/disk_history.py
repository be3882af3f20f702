"""How full the disks were, hour by hour, and so how many days are left."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from statistics import linear_regression
from typing import Final

from django.conf import settings

from vaguemestre.clock import due
from vaguemestre.maintenance.models import DiskSample
from vaguemestre.web.health_checks import STORES

LOOKED_AT: Final = timedelta(days=7)
LEAST_SPAN: Final = timedelta(days=1)  # before that, one large import would be taken for a habit
FAR: Final = 3650.0  # days; beyond, nothing is said


def free_and_size(folder: Path) -> tuple[int, int]:
    """Bytes, for whoever is not root. Raises OSError."""
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize, told.f_blocks * told.f_frsize


@due.recurring("maintenance.disk.record", every=3600)
def record_disks(_key: str, now: datetime) -> None:
    if settings.DATA is not None:
        # One that is not there yet, or no more, is told by `/ready/`.
        present = [(store, settings.DATA / store) for store in STORES if (settings.DATA / store).exists()]
        DiskSample.objects.bulk_create(
            DiskSample(at=now, store=store, free=free_and_size(folder)[0]) for store, folder in present
        )
        DiskSample.objects.filter(at__lt=now - LOOKED_AT).delete()


def days_left(now: datetime) -> Iterator[tuple[str, float]]:
    """Of each store that fills: at the pace of the last week. Nothing is said of one that does not."""
    samples: dict[str, dict[float, int]] = {}
    for store, at, free in DiskSample.objects.filter(at__gte=now - LOOKED_AT).values_list("store", "at", "free"):
        samples.setdefault(store, {})[(at - now).total_seconds()] = free
    for store, seen in samples.items():
        if max(seen) - min(seen) < LEAST_SPAN.total_seconds():
            continue
        slope, today = linear_regression(list(seen), list(seen.values()))
        if slope < 0 and (days := max(0.0, today / -slope / 86400)) < FAR:
            yield store, days
