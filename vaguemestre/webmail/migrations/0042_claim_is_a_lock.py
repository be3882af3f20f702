from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("webmail", "0041_outgoing_author")]

    operations: ClassVar = [migrations.RemoveField("outgoing", "claimed_until")]
