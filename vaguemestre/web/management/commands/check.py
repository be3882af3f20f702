"""`vaguemestre check`: is somebody needed? Django's own command of that name is `settings_check`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.web.findings import Severity, all_findings
from vaguemestre.web.postgresql import limit_waits

LABELS = {
    Severity.ALARM: gettext_lazy("ALARM: %s"),
    Severity.TASK: gettext_lazy("to do: %s"),
    Severity.NOTE: gettext_lazy("note: %s"),
}


class Command(BaseCommand):
    requires_system_checks = ()  # it is asked when things are broken
    help = _("Says what is wrong, and what to do. Ends with 1 when somebody is needed, else with 0.")

    def handle(self, *_args: Any, **_options: Any) -> None:
        limit_waits()
        found = all_findings(timezone.now())
        for finding in found:
            self.stdout.write(f"{LABELS[finding.severity] % finding.sentence}\n    {finding.remedy}")
        if not found:
            self.stdout.write(_("All is well."))
        if any(finding.severity == Severity.ALARM for finding in found):
            sys.exit(1)
