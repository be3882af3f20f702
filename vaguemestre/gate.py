"""The gate as a process of its own: a sign-in never waits for the web's pool, which may be what caused it."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.settings")
django.setup()

from vaguemestre.engine.gate import application  # noqa: E402 - models only after the set-up
from vaguemestre.web.postgresql import limit_waits  # noqa: E402 - only after the set-up

limit_waits()

__all__ = ["application"]
