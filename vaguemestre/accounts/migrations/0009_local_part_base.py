"""What people of one name have in common stands beside their address; so far it was read off the address."""

import re
from itertools import batched

from django.db import migrations, models

from vaguemestre.academy.facts import academy


def base_of(local_part: str, pattern: str) -> str:
    """Without dots, and without the number that the rule puts behind the family name."""
    behind = pattern.partition("{last}")[2].replace(".", "").replace("{first}", "[a-z]*")
    return re.sub(rf"\d+(?={behind}$)", "", local_part.replace(".", ""), count=1)


def fill(apps, schema_editor):
    part = apps.get_model("accounts", "LocalPart")
    pattern = academy().names.address_pattern
    mains = part.objects.using(schema_editor.connection.alias).filter(kind="main").only("pk", "local_part")
    for batch in batched(mains.iterator(chunk_size=2000), 2000, strict=False):
        for one in batch:
            one.base = base_of(one.local_part, pattern)
        part.objects.using(schema_editor.connection.alias).bulk_update(batch, ["base"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_way_in_during_a_lockout")]
    operations = [
        migrations.AddField("localpart", "base", models.CharField(blank=True, db_index=True, default="", max_length=64)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
