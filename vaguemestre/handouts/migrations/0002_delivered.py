"""What was sent before is closed for good."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def close(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("handouts", "Handout").objects.filter(sent_at__isnull=False).update(delivered_at=F("sent_at"))


class Migration(migrations.Migration):
    dependencies = [("handouts", "0001_initial")]

    operations = [
        migrations.AddField("handout", "delivered_at", models.DateTimeField(null=True)),
        migrations.AddField("handout", "modified", models.BigIntegerField(null=True)),
        migrations.AddField("handout", "openings", models.PositiveSmallIntegerField(default=0)),
        migrations.RunPython(close, migrations.RunPython.noop),
    ]
