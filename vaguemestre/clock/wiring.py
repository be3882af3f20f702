"""Jobs of this room."""

from vaguemestre.clock import task_pruning
