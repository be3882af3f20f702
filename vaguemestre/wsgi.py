import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.settings")
application = get_wsgi_application()

from vaguemestre.web.ports import load_wiring  # noqa: E402 - models only after the set-up
from vaguemestre.web.postgresql import limit_waits  # noqa: E402 - only after the set-up

limit_waits()
# Reads the modules of every page before the first request: left to it, that took a second of processor time, and of
# several processes each made somebody wait whom it had not served yet.
reverse("web:health")
load_wiring()
