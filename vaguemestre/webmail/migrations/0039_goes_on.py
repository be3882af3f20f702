"""Once the open message is put away the next one opens: for everybody who does not prefer the list."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("webmail", "0038_request_id")]
    operations: ClassVar = [
        migrations.AddField("preferences", "goes_on", models.BooleanField(default=True)),
    ]
