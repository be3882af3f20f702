"""Shared by tests: printing."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pypdf

from vaguemestre.accounts.models import Account
from vaguemestre.letters import letter_issue, printing, sealed_passwords
from vaguemestre.letters.models import Batch, Letter
from vaguemestre.letters.tests.cast import NOW

MM = 72 / 25.4


def sealed(*accounts: Account) -> list[Letter]:
    letter_issue.prepare_letters(accounts, now=NOW)
    sealed_passwords.seal_pending(now=NOW)
    return list(Letter.objects.filter(account__in=accounts, state=Letter.State.SEALED).order_by("pk"))


def batches(**selection: object) -> list[Batch]:
    return printing.assemble_batch(now=NOW, **selection).batches  # type: ignore[arg-type]  # a test's shorthand


def print_one(folder: Path) -> printing.Printed:
    return printing.print_batch(batches()[0], actor="operator:root", now=NOW, folder=folder)


@dataclass(frozen=True)
class Word:
    """One word as it lies on the paper, in millimetres from the top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def within(self, left: float, top: float, right: float, bottom: float) -> bool:
        return left < self.left and top < self.top and self.right < right and self.bottom < bottom


def words(path: Path) -> list[Word]:
    found = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True, text=True).stdout
    pattern = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
    return [Word(m[5], *(float(m[side]) / MM for side in (1, 2, 3, 4))) for m in re.finditer(pattern, found)]


def text(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
