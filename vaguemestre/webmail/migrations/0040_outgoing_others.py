"""Who took part in what a letter answers is offered again when its draft is opened later."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("webmail", "0039_goes_on")]
    operations: ClassVar = [
        migrations.AddField("outgoing", "others", models.TextField(default="")),
    ]
