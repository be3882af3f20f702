"""Whoever was known before has a name to be found by."""

from itertools import batched
from typing import Any

from django.db import migrations

from vaguemestre.people.folding import searched_as

BATCH = 2000


def fill(apps: Any, _schema_editor: Any) -> None:
    person = apps.get_model("people", "Person")
    for batch in batched(person.objects.filter(search_name="").iterator(BATCH), BATCH, strict=False):
        for one in batch:
            one.search_name = searched_as(one.first_name, one.last_name, one.usual_name)
        person.objects.bulk_update(batch, ["search_name"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_search_name")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
