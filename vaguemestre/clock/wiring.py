"""Jobs of this room."""

from vaguemestre.clock import pruning
