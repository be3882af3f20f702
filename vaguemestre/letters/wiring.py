"""Jobs of this room."""

from vaguemestre.letters import retention, tasks
