"""Models bear the field's words; their tables keep the names they have, so nothing changes in the database."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("career", "0009_asked_again")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.RenameModel("Thread", "Topic"),
            migrations.AlterModelTable("topic", "career_thread"),
            migrations.RenameModel("Step", "GradeStep"),
            migrations.AlterModelTable("gradestep", "career_step"),
        ]),
    ]
