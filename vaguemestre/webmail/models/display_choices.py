"""How a person reads more easily. The authority may preset it and never lock it: nobody decides for another's eyes."""

from django.db import models


class Font(models.TextChoices):
    USUAL = "usual"  # Atkinson Hyperlegible, drawn for those who see little
    DYSLEXIC = "dyslexic"  # OpenDyslexic


class Spacing(models.TextChoices):
    NORMAL = "normal"
    WIDE = "wide"


class Motion(models.TextChoices):
    SYSTEM = "system"  # as the device says
    LESS = "less"
