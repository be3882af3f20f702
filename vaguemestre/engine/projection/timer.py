"""The reconciler as the clock calls it."""

from datetime import datetime

from vaguemestre.clock import due
from vaguemestre.engine.projection import file
from vaguemestre.engine.projection.projector import reconcile


@due.recurring("engine.projection.repair", every=60)
def repair(key: str, now: datetime) -> None:  # noqa: ARG001 - the clock's signature
    place = file.path()
    # Before the first rendering no daemon reads anything, so nothing differs.
    if place and place.exists():
        reconcile()
