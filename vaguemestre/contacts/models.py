"""One person's address book: whom they keep, in which groups, and to whom they have written."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from vaguemestre.accounts.models import Account

LONGEST_NAME = 200
LONGEST_NOTE = 10_000
LONGEST_EXTRA = 32 * 1024  # a small photo, and everything that other programs add


class Kind(models.TextChoices):
    """What an address or a number is for. Empty: nobody said."""

    NONE = "", pgettext_lazy("kind of an address", "other")
    WORK = "work", pgettext_lazy("kind of an address", "work")
    HOME = "home", pgettext_lazy("kind of an address", "private")
    MOBILE = "cell", pgettext_lazy("kind of an address", "mobile")
    FAX = "fax", pgettext_lazy("kind of an address", "fax")


class Group(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contact_groups")
    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=200)  # `folding.plain` of the name: two groups never differ by an accent alone

    class Meta:
        ordering: ClassVar = ["folded", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "folded"], name="one_group_a_name")]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """One card. What we do not know of a vCard is kept as it was written (`extra`), for the program that wrote it.

    `search`, `sort` and `letter` are made from the rest by `cards`; nothing else writes them."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contacts")
    uid = models.CharField(max_length=255)  # the vCard's: how a card that comes again is known
    given = models.CharField(_("First name"), max_length=LONGEST_NAME, default="")
    family = models.CharField(_("Name"), max_length=LONGEST_NAME, default="")
    display = models.CharField(_("Shown as"), max_length=LONGEST_NAME, default="")
    name_rest: Any = models.JSONField(default=list)  # other given names, titles before and after: RFC 6350, 6.2.2
    organisation = models.CharField(_("Organisation"), max_length=LONGEST_NAME, default="")
    units: Any = models.JSONField(default=list)  # of the organisation
    function = models.CharField(_("Function"), max_length=LONGEST_NAME, default="")
    note = models.TextField(_("Note"), default="")
    extra = models.TextField(default="")  # content lines, unfolded, one a line
    groups = models.ManyToManyField(Group, related_name="contacts")

    search = models.TextField(default="")
    sort = models.CharField(max_length=400, default="")
    letter = models.CharField(max_length=1, default="")  # "#" for what begins with none
    revision = models.PositiveIntegerField(default=1)  # of two windows, the second to save is asked
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["sort", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "uid"], name="one_card_a_uid")]
        indexes: ClassVar = [models.Index(fields=["account", "sort", "id"], name="cards_in_order")]

    def __str__(self) -> str:
        return self.display or f"{self.given} {self.family}".strip() or self.organisation


class ContactAddress(models.Model):
    """`address` in small letters, its domain as it travels (`address_normalisation.normalise_address`). The first is
    the one written to."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")
    position = models.PositiveSmallIntegerField(default=0)
    address = models.CharField(max_length=254, db_index=True)
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.NONE, blank=True)
    rest = models.CharField(max_length=500, default="")  # of its content line: the group and the other parameters

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.address


class ContactNumber(models.Model):
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="numbers")
    position = models.PositiveSmallIntegerField(default=0)
    number = models.CharField(max_length=60)
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.NONE, blank=True)
    rest = models.CharField(max_length=500, default="")

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.number

    @property
    def dialled(self) -> str:
        return "".join(sign for sign in self.number if sign in "0123456789+*#")


class Collected(models.Model):
    """Somebody that was written to. Kept as long as it is among the most recent (`collected_addresses.KEPT`)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="collected")
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=LONGEST_NAME, default="")
    times = models.PositiveIntegerField(default=1)  # messages written to them
    last_at = models.DateTimeField()
    search = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "address"], name="collected_once")]
        indexes: ClassVar = [models.Index(fields=["account", "-last_at"], name="collected_lately")]

    def __str__(self) -> str:
        return self.address


class Undoable(models.Model):
    """What an act took away or changed, as it was before, for an hour: "Undo" puts it back.

    `before`: cards and groups as `snapshots` writes them; `made`: ids of the cards that the act made."""

    key = models.CharField(primary_key=True, max_length=32)  # random: stands in the page
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="undoable_contacts")
    done_at = models.DateTimeField()
    before: Any = models.JSONField(default=dict)
    made: Any = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "done_at"], name="undoable_in_order")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.done_at}"


class Upload(models.Model):
    """A file that waits for its owner's "import": nothing of it is in the address book yet. One a person."""

    key = models.CharField(max_length=32, unique=True)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="contact_upload")
    name = models.CharField(max_length=255)
    packed = models.BinaryField()  # zlib
    columns: Any = models.JSONField(null=True)  # of a table: what each holds, once said
    group = models.CharField(max_length=100, default="")  # that all of it joins
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
