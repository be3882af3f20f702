"""Fixtures for every room. `bin/test` starts Dovecot and Postfix; without it, tests that need them are skipped."""

import gc
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck, settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from tools import database_template
from vaguemestre import mailbox
from vaguemestre.academy.facts import academy
from vaguemestre.accounts.mail_access.gate_policy import taken
from vaguemestre.audit.testing import let_tests_empty_the_journal
from vaguemestre.engine.projection import file
from vaguemestre.engine.testing import Neighbour
from vaguemestre.instance import read_instance
from vaguemestre.maintenance import state
from vaguemestre.testing import Cast, MailAccount, make_cast, make_mail_account

CHEAP_ARGON2 = "argon2 = { memory_kib = 64, time_cost = 1, parallelism = 1 }"
ONE_CASE = "--one-case"  # `bin/ci` asks for it where all cases run elsewhere
NOTE_STATEMENTS = "--note-statements"  # of the run on SQLite: `bin/ci` then chooses the tests on PostgreSQL
LEADS_TO_TABLES = {"db", "transactional_db", "live_server"}
WITHOUT_TABLES = Path(mailbox.__file__).parent
HOUSE = Path(__file__).parent

# How busy the machine is has nothing to do with what is right.
hypothesis_settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """The tests empty what the daemons know: of a demo, they would take its mailboxes away."""
    instance = read_instance()
    if instance.data and instance.mode != "test":
        raise pytest.UsageError(f"{instance.data} is no folder for tests: take VAGUEMESTRE_DATA away, or run bin/test")
    if config.args_source is config.ArgsSource.TESTPATHS and not config.option.markexpr:
        config.option.markexpr = "not slow"  # nothing is named: no more than `bin/setup --test` brings is needed
    # Helpers of tests, too, say what they compared.
    helpers = (path.relative_to(HOUSE).with_suffix("") for path in HOUSE.glob("vaguemestre/*/testing/*.py"))
    modules = {".".join(path.parts).removesuffix(".__init__") for path in helpers}
    pytest.register_assert_rewrite(*modules - sys.modules.keys())
    if (file := config.getoption(NOTE_STATEMENTS)) and not config.getoption("lf"):  # a second look: few tests
        from vaguemestre.launcher.testing.statements import StatementNotes

        config.pluginmanager.register(notes := StatementNotes(file))
        listening = ExitStack()
        listening.enter_context(notes.listening())
        config.add_cleanup(listening.close)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(ONE_CASE, action="store_true", help="of each test the first case, but of those marked `database`")
    parser.addoption(NOTE_STATEMENTS, type=Path, metavar="FILE", help="which tests say something of another database")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What meets tables is marked `database`. To all others pytest-django refuses them: a second database says nothing
    new about these, nor about `mailbox`, which has none but the accounts of its tests. A test bears the mark by itself
    where its cases differ in what they ask of the database."""
    if config.getoption(ONE_CASE):
        _leave_one_case(config, items)
    for item in items:
        if item.path.is_relative_to(WITHOUT_TABLES):
            continue
        named = LEADS_TO_TABLES.intersection(getattr(item, "fixturenames", ()))
        if named or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database(found=True))


def _leave_one_case(config: pytest.Config, items: list[pytest.Item]) -> None:
    seen: set[str] = set()
    others: set[pytest.Item] = set()
    for item in items:
        function = item.nodeid.partition("[")[0]
        if function in seen and not item.get_closest_marker("database"):
            others.add(item)
        seen.add(function)
    items[:] = [item for item in items if item not in others]
    config.hook.pytest_deselected(items=list(others))


def pytest_collection_finish() -> None:
    """Thousands of tests stay until the end: no collection of garbage walks over them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Whether the tables stand already, from an earlier run: no migration then."""
    return database_template.restore(settings.DATABASES["default"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_keepdb: bool, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        if not django_db_keepdb:
            database_template.keep(connection.settings_dict)
        let_tests_empty_the_journal()


@pytest.fixture(scope="session", autouse=True)
def cheap_argon2(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The authority's own facts but for the cost of a hash, and what it has to switch on. Tests about it read
    `academy.toml` themselves."""
    text = Path(settings.ACADEMY_FILE).read_text(encoding="utf-8")
    cheap = tmp_path_factory.mktemp("academy") / "academy.toml"
    text = re.sub(r"^argon2 = .*$", CHEAP_ARGON2, text, flags=re.MULTILINE)
    cheap.write_text(text.replace("enabled = false", "enabled = true"), encoding="utf-8")
    settings.ACADEMY_FILE = cheap
    academy.cache_clear()


@pytest.fixture(autouse=True)
def nothing_closed() -> None:
    """No test inherits a maintenance of another, nor counts the query that looks for one."""
    state.suppose_nothing()


@pytest.fixture(autouse=True)
def nothing_tried() -> None:
    """No test hears how a sign-in of another went."""
    taken.forget()


@pytest.fixture(scope="session", autouse=True)
def daemons_tables(cheap_argon2: None) -> None:
    """As `bin/run` does before the daemons start: Postfix gives up over a projected file without tables."""
    if place := file.path():
        with file.written(place) as connection:
            file.empty(connection)


@pytest.fixture(scope="session", autouse=True)
def neighbours() -> Iterator[dict[str, Neighbour]]:
    """The gate and the event process, as Dovecot meets them in a test that is about neither: they say yes."""
    ports = read_instance().ports
    made = {"gate": Neighbour(ports.gate), "events": Neighbour(ports.events)} if settings.DATA else {}
    for neighbour in made.values():
        neighbour.start()
    yield made
    for neighbour in made.values():
        neighbour.stop()


@pytest.fixture
def rewired() -> Iterator[ExitStack]:
    """For `Port.replaced`, until the test ends."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def daemons() -> None:
    """Dovecot and Postfix are running."""
    if not settings.DATA:
        pytest.skip("needs Dovecot and Postfix: run bin/test")


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def mail_account(db: None, daemons: None) -> MailAccount:
    """A fresh mailbox, known to Dovecot and Postfix, with a password of its owner's choice."""
    return make_mail_account()


@pytest.fixture
def gate_server(transactional_db: None, daemons: None, neighbours: dict[str, Neighbour]) -> Iterator[int]:
    """The real gate, asked by Dovecot at each sign-in. Yields its port."""
    from vaguemestre.engine.gate import reports
    from vaguemestre.gate import application

    with neighbours["gate"].serving(application) as port:
        yield port
    reports.finish()


@pytest.fixture
def events_server(daemons: None, neighbours: dict[str, Neighbour]) -> Iterator[int]:
    """The real event process, told by Dovecot. Yields its port."""
    with neighbours["events"].replaced_by("vaguemestre.events:application", interface="asgi") as port:
        yield port
