"""The reconciler as the clock calls it (settings.RECURRING)."""

from datetime import datetime

from vaguemestre.engine.projection.projector import reconcile


def repair(key: str, now: datetime) -> None:  # noqa: ARG001 - the clock's signature
    reconcile()
