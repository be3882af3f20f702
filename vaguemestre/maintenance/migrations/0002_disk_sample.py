"""How full the disks were, hour by hour, to say how many days are left."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("maintenance", "0001_initial")]
    operations: ClassVar = [
        migrations.CreateModel(
            "DiskSample",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True)),
                ("store", models.CharField(max_length=10)),
                ("free", models.PositiveBigIntegerField()),
            ],
        ),
    ]
