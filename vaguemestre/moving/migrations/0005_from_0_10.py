"""Changes nothing. It names the last migration of 0.10: an installation that has only some of those stops here."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("moving", "0004_looked_at")]
