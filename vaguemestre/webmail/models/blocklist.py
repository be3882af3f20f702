from django.db import models


class BlocklistEntry(models.Model):
    """One entry of the list of addresses that trap people (`entries.parse_entry` gives its one form)."""

    trace = models.BigIntegerField(primary_key=True)  # of the address: `canonical_urls.key_hash`
    address = models.TextField()
    source = models.CharField(max_length=60)  # the list of others that it came with; empty: added by hand
    added_by = models.CharField(max_length=60)
    added_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "webmail_suspect"
        app_label = "webmail"

    def __str__(self) -> str:
        return self.address


class SuspectIndex(models.Model):
    """All traces in one row, in order, 8 bytes each: every process holds a copy, and asks whether it is still that."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.CharField(max_length=32)  # another one after each change
    traces = models.BinaryField()

    class Meta:
        app_label = "webmail"

    def __str__(self) -> str:
        return self.version
