"""`python -m seeds PART`: fills a part of the demo, as the product's user. Question and answer are JSON on the standard
streams."""

import importlib
import os
import sys

import django

from vaguemestre.launcher.errors import LauncherError

PARTS = ("box", "careers", "factors", "signins")


def main(part: str) -> int:
    if part not in PARTS:
        print(f"{part}: unknown part of the demo", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.settings")
    django.setup()
    try:
        return int(importlib.import_module(f"seeds.{part}").run())
    except LauncherError as problem:
        print(problem, file=sys.stderr)
        return problem.status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
