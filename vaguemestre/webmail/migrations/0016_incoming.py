from django.db import migrations, models


class Migration(migrations.Migration):
    """What becomes of incoming mail: another answer outside, and the mark of the script that we wrote."""

    dependencies = [
        ("webmail", "0013_filters"),
    ]

    operations = [
        migrations.AddField("preferences", "absence_apart", models.BooleanField(default=False)),
        migrations.AddField("preferences", "absence_outside", models.TextField(default="")),
        migrations.AddField("preferences", "script_mark", models.CharField(default="", max_length=64)),
    ]
