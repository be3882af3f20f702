"""What the Debian package bears and asks for: nothing is fetched when it is installed, and nothing of its tests."""

import re
import shutil
import subprocess
from importlib.util import cache_from_source
from pathlib import Path

import django
import pytest

from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.packaging import control, debian_packages, libraries, payload
from vaguemestre.launcher.systemd import units

SCRIPTS = CHECKOUT / "deploy" / "package"
FETCHES = re.compile(r"\b(pip|curl|wget|npm|git|apt|apt-get)\b")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("package")
    payload.lay_out(CHECKOUT, root)
    control.write(root, "9.9.9")
    return root


def test_each_package_of_debian_has_a_kind() -> None:
    lines = (CHECKOUT / debian_packages.FILE).read_text().splitlines()
    listed = [line.split() for line in lines if line and not line.startswith("#")]
    assert {kind for kind, _name in listed} == {"program", "daemon", "postgresql", "build"}
    assert len({name for _kind, name in listed}) == len(listed)


def test_it_depends_on_nothing_that_listens() -> None:
    fields = dict(re.findall(r"^(\w[\w-]*): (.*)$", control.control("9.9.9", 1), re.MULTILINE))
    assert not [name for name in debian_packages.named("daemon") if name in fields["Depends"]]
    assert [name for name in debian_packages.named("program") if name in fields["Depends"]]


@pytest.mark.parametrize("name", control.SCRIPTS)
def test_its_scripts_are_sound_and_fetch_nothing(name: str) -> None:
    lines = [line.partition("#")[0] for line in (SCRIPTS / name).read_text().splitlines()[1:]]
    assert not [line for line in lines if FETCHES.search(line)]
    assert subprocess.run(["sh", "-n", str(SCRIPTS / name)], check=False).returncode == 0


@pytest.mark.parametrize(("version", "taken"), [("0.9.0", False), ("0.10.0", True), ("0.11.0+next", True), ("", True)])
def test_a_version_that_it_cannot_migrate_stays_as_it_is(root: Path, version: str, taken: bool) -> None:
    asked = subprocess.run(["sh", str(root / "DEBIAN" / "preinst"), "upgrade", version], check=False)
    assert (asked.returncode == 0) is taken


def test_dpkg_takes_it(root: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.deb"
    bones = tmp_path / "root"
    bones.mkdir()
    subprocess.run(["cp", "-r", str(root / "DEBIAN"), str(root / "etc"), str(bones)], check=True)
    subprocess.run(["dpkg-deb", "-Znone", "--build", str(bones), str(made)], check=True, stdout=subprocess.DEVNULL)
    shown = subprocess.run(
        ["dpkg-deb", "--field", str(made), "Package", "Version"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.split() == ["Package:", "vaguemestre", "Version:", "9.9.9"]


def test_units_start_what_the_package_brings(root: Path) -> None:
    folder = root / "usr/lib/systemd/system"
    assert {file.name for file in folder.iterdir()} == set(units.usual())
    assert not [file.name for file in folder.iterdir() if str(units.HOME) in file.read_text()]
    assert str(payload.HOME) in (folder / units.PREPARE).read_text()


def test_more_mail_programs_may_wait_for_mail_than_the_kernel_lets(root: Path) -> None:
    """As the remedy of `engine.mail_findings` asks."""
    assert "fs.inotify.max_user_instances = 65536" in (root / "usr/lib/sysctl.d/60-vaguemestre.conf").read_text()


def test_code_and_no_tests(root: Path) -> None:
    home = root / str(payload.HOME).removeprefix("/")
    assert (home / "vaguemestre" / "settings.py").is_file()
    unwanted = {"tests", "conftest.py", "node_modules", ".git"}
    assert not [path for path in (home / "vaguemestre").rglob("*") if path.name in unwanted]
    own = (file for file in (home / "vaguemestre").rglob("*.py") if "testing" not in str(file))
    asks = re.compile(r"^\s*(?:from|import) vaguemestre[\w.]*\.tests\b", re.MULTILINE)
    assert not [file for file in own if asks.search(file.read_text("utf-8"))]


def test_every_library_can_be_compiled(tmp_path: Path) -> None:
    """Or no package is made. Modules that are compiled here already are not tried again."""
    packages = Path(django.__file__).parents[1]
    for file in packages.rglob("*.py"):
        if not Path(cache_from_source(file)).exists():
            copy = tmp_path / file.relative_to(packages)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    libraries.trim(tmp_path)
    for file in tmp_path.rglob("*.py"):
        compile(file.read_bytes(), file, "exec")


def test_what_is_the_authority_s_own_is_the_operator_s(root: Path) -> None:
    owned = (root / "DEBIAN" / "conffiles").read_text().split()
    assert {"/etc/vaguemestre/academy.toml", "/etc/vaguemestre/charter.md"} <= set(owned)
    home = root / str(payload.HOME).removeprefix("/")
    assert str((home / "academy.toml").readlink()) == "/etc/vaguemestre/academy.toml"


def test_what_builds_only_is_not_in_it() -> None:
    lock = libraries.at_run_time((CHECKOUT / "requirements.lock").read_text())
    assert "django==" in lock
    assert "nodejs" not in re.sub(r"#.*", "", lock)
    assert lock.count("--hash") > 1000


def test_libraries_leave_their_tests_and_other_languages_behind(tmp_path: Path) -> None:
    for name in ("django/conf/locale/fr/x.mo", "django/conf/locale/de/x.mo", "django/conf/locale/__init__.py",
                 "one/tests/tests/test_x.py", "bin/granian", "one/x.py"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    libraries.trim(tmp_path)
    left = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert left == {"django/conf/locale/fr/x.mo", "django/conf/locale/__init__.py", "one/x.py"}
