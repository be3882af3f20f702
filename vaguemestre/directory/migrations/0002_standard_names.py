"""Models bear the field's words; their tables keep the names they have, so nothing changes in the database."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("directory", "0001_entries")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.RenameModel("Place", "Establishment"),
            migrations.AlterModelTable("establishment", "directory_place"),
        ]),
    ]
