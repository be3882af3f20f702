from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vaguemestre.academy.facts import academy
from vaguemestre.web import branding
from vaguemestre.web.logo_sanitizer import DrawingRefusedError


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = "Écrit l’habillage de l’académie ([brand] de academy.toml) parmi les fichiers du navigateur."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="dossier des fichiers du navigateur")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            written = branding.write(options["folder"])
        except DrawingRefusedError as error:
            raise CommandError(f"academy.toml: brand.logo - {academy().brand.logo}: {error}") from error
        for path in written:
            self.stdout.write(str(path))
