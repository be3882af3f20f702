"""What this room asks of a room above (`web.ports`)."""

from collections.abc import Callable

from django.http import HttpRequest

from vaguemestre.web.ports import Port

lets_in = Port[Callable[[HttpRequest], bool]]("maintenance.lets_in")  # who sees what is closed to others
