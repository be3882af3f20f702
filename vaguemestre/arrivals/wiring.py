"""Jobs of this room."""

from vaguemestre.arrivals import feed_effects
