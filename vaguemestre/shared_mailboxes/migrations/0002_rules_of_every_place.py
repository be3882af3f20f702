"""Who shares the box of a place by their post: the head owns it, the deputy is a member; of a circonscription the
inspector owns it."""

from typing import Any, ClassVar

from django.db import migrations

RULES = (("DIR", "owner"), ("INS", "owner"), ("ADJ", "member"))


def give(apps: Any, _schema: Any) -> None:
    rule = apps.get_model("shared_mailboxes", "MembershipRule")
    rule.objects.bulk_create(rule(place=None, function=function, right=right) for function, right in RULES)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("shared_mailboxes", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(give, migrations.RunPython.noop)]
