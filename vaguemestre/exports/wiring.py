"""Jobs of this room."""

from vaguemestre.exports import orders
