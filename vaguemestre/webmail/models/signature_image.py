"""The table of the pictures that stand in signatures and templates; `signature_images.py` takes them in
and hands them out."""

from django.db import models

from vaguemestre.accounts.models import Account


class SignaturePicture(models.Model):
    """As we drew it ourselves, small: in the database, as the signature itself."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="signature_pictures")
    content_id = models.CharField(max_length=200, unique=True)  # what the HTML calls it by, here and as it travels
    type = models.CharField(max_length=20)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.content_id
