"""What dpkg is told of the package: `DEBIAN/control`, its scripts, the files that are the operator's."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.packaging import debian_packages
from vaguemestre.launcher.packaging.libraries import PYTHON

SCRIPTS = ("preinst", "prerm", "postinst", "postrm")
MAINTAINER = "Vaguemestre <postmaster@localhost>"
# Nothing that listens: docs/decisions/package.md.
DEPENDS = ("systemd", "logrotate", f"python3 (>= {PYTHON}~)", "python3 (<< 3.14~)")
RECOMMENDS = ("sudo",)


def write(root: Path, version: str) -> None:
    place = root / "DEBIAN"
    place.mkdir()
    sums, octets = [], 0
    for file in sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink()):
        content = file.read_bytes()
        octets += len(content)
        sums.append(f"{hashlib.md5(content, usedforsecurity=False).hexdigest()}  {file.relative_to(root)}\n")
    (place / "md5sums").write_text("".join(sums))
    (place / "conffiles").write_text("".join(f"/{name}\n" for name in _conffiles(root)))
    (place / "control").write_text(control(version, octets // 1024))
    for name in SCRIPTS:
        script = place / name
        script.write_text((CHECKOUT / "deploy" / "package" / name).read_text().replace("@VERSION@", version))
        shutil.copymode(CHECKOUT / "deploy" / "package" / name, script)


def control(version: str, kilobytes: int) -> str:
    depends = ", ".join([*DEPENDS, *debian_packages.named("program")])
    return f"""\
Package: vaguemestre
Version: {version}
Architecture: {architecture()}
Maintainer: {MAINTAINER}
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: {", ".join(RECOMMENDS)}
Suggests: {", ".join(debian_packages.named("daemon") + debian_packages.named("postgresql"))}
Section: mail
Priority: optional
Description: staff e-mail service of a French education authority
 Accounts from the HR file, first passwords on paper, webmail, portal, help
 desk and I-Prof around Debian's own Dovecot, Postfix and Rspamd.
 .
 Installing it starts nothing: "vaguemestre init" looks at the machine, asks
 what production needs, installs the mail servers and starts the service.
"""


def architecture() -> str:
    return subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()  # fmt: skip


def _conffiles(root: Path) -> list[str]:
    return sorted(str(file.relative_to(root)) for file in (root / "etc").rglob("*") if file.is_file())
