"""Jobs of this room."""

from vaguemestre.withdrawals import orders, reports
