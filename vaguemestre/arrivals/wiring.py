"""Jobs of this room."""

from vaguemestre.arrivals import effects
