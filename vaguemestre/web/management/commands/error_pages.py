from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from vaguemestre.web import static_error_pages


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = "Écrit les pages d’erreur que le serveur frontal montre quand rien ne répond derrière lui."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="dossier où écrire les pages")

    def handle(self, *_args: Any, **options: Any) -> None:
        with translation.override("fr"):
            for path in static_error_pages.write_pages(options["folder"]):
                self.stdout.write(str(path))
