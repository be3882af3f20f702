"""Jobs of this room."""

from vaguemestre.contacts import purging
