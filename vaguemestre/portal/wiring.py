"""What this room gives to rooms below."""

from vaguemestre.maintenance.ports import lets_in
from vaguemestre.portal import access

lets_in.provide(access.passes_maintenance)
