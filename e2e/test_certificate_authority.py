"""A certificate asked of an authority (pebble, Let's Encrypt's own for tests) by Debian's certbot, on a machine apart
with the names of the domain; then renewed under who is connected."""

import datetime
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509

from e2e.island import Island, island
from vaguemestre.academy.facts import academy
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.systemd.units import STANDARD
from vaguemestre.launcher.testing import Demo, mail_program, until
from vaguemestre.launcher.testing.certificates import TestAuthority, goes_on, pem
from vaguemestre.web.certificates import bears, shown_certificate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
DOORS = (STANDARD.web, STANDARD.imaps, STANDARD.smtps)
OTHERS = ("autoconfig", "autodiscover", "mta-sts")


@pytest.fixture
def apart() -> Iterator[Island]:
    """With a name server of its own, and certbot's folders: nothing of this machine's own is touched."""
    for program in ("certbot", "pebble"):
        assert shutil.which(program), f"{program}: bin/setup --slow installs it"
    with island() as made:
        (made.folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        certbot = "mount -t tmpfs tmpfs /etc/letsencrypt && mount --bind {0}/resolv.conf /etc/resolv.conf"
        subprocess.run(made.command("sh", "-c", certbot.format(made.folder)), check=True)
        folders = "\n".join(f"{name} = {made.folder / name}" for name in ("work-dir", "logs-dir"))
        subprocess.run(made.command("tee", "/etc/letsencrypt/cli.ini"), input=folders, text=True, check=True)
        yield made


@contextmanager
def running(apart: Island, *words: str, **environment: str) -> Iterator[None]:
    with subprocess.Popen(apart.command(*words), env={**os.environ, **environment}) as process:
        try:
            yield
        finally:
            process.terminate()


@contextmanager
def names_led_here(apart: Island, names: list[str]) -> Iterator[None]:
    told = [f"--host-record={name},127.0.0.1" for name in names]
    own = ["--no-resolv", "--no-hosts", "--user=root", "--listen-address=127.0.0.1", "--bind-interfaces"]
    own.append(f"--local=/{academy().domain}/")
    pid_file = f"--pid-file={apart.folder / 'dnsmasq.pid'}"
    with running(apart, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", pid_file, *own, *told):
        yield


@contextmanager
def authority(apart: Island) -> Iterator[Path]:
    """Yields the file by which it is itself believed."""
    signer = TestAuthority.made(datetime.datetime.now(datetime.UTC))
    chain, key = signer.files(apart.folder, ["localhost"], "pebble")
    root = apart.folder / "pebble-root.pem"
    root.write_bytes(pem(signer.root))
    said = {
        "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
        "certificate": str(chain), "privateKey": str(key), "httpPort": STANDARD.http, "tlsPort": STANDARD.web,
        "retryAfter": {"authz": 1, "order": 1},
    }  # fmt: skip
    (apart.folder / "pebble.json").write_text(json.dumps({"pebble": said}))
    options = ("-config", str(apart.folder / "pebble.json"), "-dnsserver", "127.0.0.1:53")
    with running(apart, "pebble", *options, PEBBLE_VA_NOSLEEP="1", PEBBLE_WFE_NONCEREJECT="0"):
        yield root


def vaguemestre(apart: Island, demo: Demo, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VAGUEMESTRE_")}
    environment |= {"VAGUEMESTRE_DATA": str(demo.data), "PYTHONPATH": str(CHECKOUT), "REQUESTS_CA_BUNDLE": str(root)}
    command = [sys.executable, "-P", "-m", "vaguemestre.launcher", "command", "certificate", *words]
    return subprocess.run(
        apart.command(*command), env=environment, cwd=CHECKOUT, stdin=subprocess.DEVNULL, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def shown(apart: Island, host: str) -> set[x509.Certificate]:
    with apart.inside():
        return {shown_certificate(("127.0.0.1", port), host) for port in DOORS}


def is_ready(apart: Island, demo: Demo, host: str) -> bool:
    """The web's processes, which nobody has started again, believe the mail servers."""
    asked = ("curl", "--silent", "--cacert", str(demo.data / "tls" / "ca.pem"), f"https://{host}/ready/")
    said = subprocess.run(apart.command(*asked), check=True, capture_output=True, text=True).stdout
    return bool(json.loads(said)["ready"])


def test_obtained_with_five_names_and_renewed_under_who_is_connected(apart: Island) -> None:
    domain = academy().domain
    host = f"messagerie.{domain}"
    names = [host, domain, *(f"{name}.{domain}" for name in OTHERS)]
    with names_led_here(apart, names), authority(apart) as root, apart.demo(host) as demo:
        with apart.inside():
            idle = mail_program(demo)
        idle.select(readonly=True)
        idle.send(b"i1 IDLE\r\n")
        assert idle.readline().startswith(b"+")
        local = shown(apart, host)

        wanted = ["--server", "https://localhost:14000/dir", "--agree-tos", "--email", f"exploitation@{domain}"]
        tried = vaguemestre(apart, demo, root, "obtain", *wanted, "--dry-run")
        assert tried.returncode == 0, tried.stdout
        assert shown(apart, host) == local
        obtained = vaguemestre(apart, demo, root, "obtain", *wanted)
        assert obtained.returncode == 0, obtained.stdout
        (first,) = shown(apart, host)
        assert all(bears(first, name) for name in names)
        assert "Pebble" in first.issuer.rfc4514_string()
        assert is_ready(apart, demo, host)
        assert vaguemestre(apart, demo, root, "show").returncode == 0

        renewal = ("certbot", "renew", "--force-renewal", "--no-random-sleep-on-renew")
        done = subprocess.run(
            apart.command(*renewal), env={**os.environ, "REQUESTS_CA_BUNDLE": str(root)}, check=False,
            capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        until(lambda: shown(apart, host).isdisjoint({first}), "the renewed one is not shown")
        assert len(shown(apart, host)) == 1
        assert is_ready(apart, demo, host)
        assert goes_on(idle)
        idle.send(b"DONE\r\n")
        assert any(line.startswith(b"i1 OK") for line in iter(idle.readline, b""))
        again = vaguemestre(apart, demo, root, "install", "--former")
        assert again.returncode == 0, again.stdout
        assert shown(apart, host) == {first}
