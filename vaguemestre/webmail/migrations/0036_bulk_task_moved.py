"""The bulk actions lie in their sub-room: rows that wait hold the path of the task's function."""

from typing import ClassVar

from django.db import migrations

from vaguemestre.clock.renaming import rename

PATHS = {"vaguemestre.webmail.bulk.go_on_with": "vaguemestre.webmail.actions.bulk_actions.go_on_with"}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("webmail", "0035_bulk_task_path")]
    operations: ClassVar = [rename("django_tasks_database", "DBTaskResult", "task_path", PATHS)]
