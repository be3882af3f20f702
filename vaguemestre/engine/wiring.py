"""Jobs of this room."""

from vaguemestre.engine import learning, retention
from vaguemestre.engine.projection import timer
