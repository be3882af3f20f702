from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("webmail", "0042_claim_is_a_lock")]

    operations: ClassVar = [
        migrations.RemoveField("outgoing", "depositing_until"),
        migrations.RemoveField("bulkact", "claim"),
        migrations.RemoveField("bulkact", "claimed_until"),
    ]
