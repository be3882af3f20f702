"""Django's own `check`, of settings, models and addresses. Ours of that name is about the service (`check.py`)."""

from django.core.management.commands.check import Command as Command
