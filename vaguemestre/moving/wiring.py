"""Jobs of this room."""

from vaguemestre.moving import orders
