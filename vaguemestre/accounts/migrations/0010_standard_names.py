"""Models bear the field's words; their tables keep the names they have, so nothing changes in the database."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0009_local_part_base")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.RenameModel("HalfSignIn", "PendingSignIn"),
            migrations.AlterModelTable("pendingsignin", "accounts_halfsignin"),
            migrations.RenameModel("Drill", "AccountShutdown"),
            migrations.AlterModelTable("accountshutdown", "accounts_drill"),
            migrations.RenameModel("DrillStep", "ShutdownStep"),
            migrations.AlterModelTable("shutdownstep", "accounts_drillstep"),
        ]),
    ]
