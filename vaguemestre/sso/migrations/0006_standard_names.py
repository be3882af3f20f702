"""Models bear the field's words; their tables keep the names they have, so nothing changes in the database."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sso", "0005_mail_programs")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.RenameModel("Visit", "ApplicationSession"),
            migrations.AlterModelTable("applicationsession", "sso_visit"),
        ]),
    ]
