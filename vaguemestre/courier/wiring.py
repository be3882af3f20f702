"""Jobs of this room."""

from vaguemestre.courier import delivery, retention, sms_delivery
