"""A message that waits to leave keeps the id of the request that sent it: one id in all logs."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("webmail", "0037_standard_names")]
    operations: ClassVar = [
        migrations.AddField("outgoing", "request_id", models.CharField(default="", max_length=32)),
    ]
