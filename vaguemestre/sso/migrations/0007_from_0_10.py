"""Changes nothing. It names the last migration of 0.10: an installation that has only some of those stops here."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sso", "0006_standard_names")]
