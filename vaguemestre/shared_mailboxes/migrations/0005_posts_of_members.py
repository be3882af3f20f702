"""Who was added by hand before there was `posts`: of a place, its staff; of a service, the posts held today."""

from collections import defaultdict
from typing import Any, ClassVar

from django.db import migrations
from django.db.models import Q
from django.utils import timezone


def note_posts(apps: Any, _schema: Any) -> None:
    membership, posting = apps.get_model("shared_mailboxes", "Membership"), apps.get_model("people", "Posting")
    by_hand = list(membership.objects.filter(by_rule=False).select_related("box", "member"))
    today = timezone.localdate()
    current = posting.objects.filter(Q(ends__isnull=True) | Q(ends__gte=today), starts__lte=today)
    held = defaultdict(set)
    members = membership.objects.filter(by_rule=False).values("member__person")
    for person, place, function in current.filter(person__in=members).values_list("person", "school", "function"):
        held[person].add(f"{place}/{function}")
    for one in by_hand:
        one.posts = [one.box.place_id] if one.box.place_id else sorted(held[one.member.person_id])
    membership.objects.bulk_update(by_hand, ["posts"], batch_size=900)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("shared_mailboxes", "0004_periods"), ("people", "0005_line_of_the_feed")]
    operations: ClassVar = [migrations.RunPython(note_posts, migrations.RunPython.noop)]
