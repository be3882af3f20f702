"""The operator's commands speak French, Python's own words about a command line included."""

import gettext
import os
import re
import subprocess
import sys
from argparse import _SubParsersAction
from collections.abc import Iterator
from importlib import import_module, reload

import pytest
from django.core.management import BaseCommand, CommandError, CommandParser, get_commands
from django.utils import translation

from vaguemestre.__main__ import DJANGO_S_OWN
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.texts import speak_of_arguments

# `settings_check` is Django's `check` under another name: an engineer's.
OURS = sorted(
    (name, app) for name, app in get_commands().items() if app.startswith("vaguemestre.") and name != "settings_check"
)
ENGLISH = re.compile(
    r"\b(the|of|and|what|which|with|that|usage: |options:|show this|expected|required)\b", re.IGNORECASE
)


@pytest.fixture(autouse=True)
def french(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.setattr(BaseCommand, "suppressed_base_arguments", DJANGO_S_OWN)
    domain = gettext.textdomain()
    speak_of_arguments()
    with translation.override("fr"):
        yield
    gettext.textdomain(domain)


def parser_of(name: str, app: str) -> CommandParser:
    module = reload(import_module(f"{app}.management.commands.{name}"))  # `help` is said when it is read
    command: BaseCommand = module.Command()
    return command.create_parser("vaguemestre", name)


@pytest.mark.parametrize(("name", "app"), OURS)
def test_the_help_of_every_command_is_french(name: str, app: str) -> None:
    parser = parser_of(name, app)
    assert parser.description
    parts = [action for action in parser._actions if isinstance(action, _SubParsersAction)]
    for one in [parser, *(sub for part in parts for sub in part.choices.values())]:
        said = one.format_help()
        assert said.startswith("usage\N{NO-BREAK SPACE}: ")
        assert not ENGLISH.search(re.sub(r"\S*[/_{}\[\]=-]\S*", "", said)), said
        assert "--verbosity" not in said


def test_a_wrong_command_line_is_refused_in_french() -> None:
    parser = parser_of("letters", "vaguemestre.letters")
    with pytest.raises(CommandError, match="--department\N{NO-BREAK SPACE}: une valeur doit suivre"):
        parser.parse_args(["print", "--department"])


def test_an_error_is_its_words_alone() -> None:
    """No name of a class before them, no colour."""
    command = [sys.executable, "-P", "-m", "vaguemestre", "dns", "--check", "--resolver", "nowhere"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), "LANG": "C.UTF-8"}
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.stderr == "--resolver est une adresse et un port\N{NO-BREAK SPACE}: 127.0.0.1:53\n"
    assert done.returncode == 1
