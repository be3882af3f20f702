"""Models bear the field's words; their tables keep the names they have, so nothing changes in the database."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("webmail", "0036_bulk_task_moved")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.RenameModel("Echo", "DeliveryReport"),
            migrations.AlterModelTable("deliveryreport", "webmail_echo"),
            migrations.RenameModel("Mailing", "MailMerge"),
            migrations.AlterModelTable("mailmerge", "webmail_mailing"),
            migrations.RenameModel("MailedLetter", "MergedMessage"),
            migrations.AlterModelTable("mergedmessage", "webmail_mailedletter"),
            migrations.RenameModel("Suspect", "BlocklistEntry"),
            migrations.AlterModelTable("blocklistentry", "webmail_suspect"),
        ]),
    ]
