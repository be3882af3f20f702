"""A certificate from an authority that speaks ACME (RFC 8555), by Debian's certbot: its timer renews it, its hook has
it installed. All that is ours is which names to ask for, where the challenge lies and what to run afterwards."""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import django

from vaguemestre.instance import Instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.nginx.configuration import names
from vaguemestre.launcher.texts import _

NAME = "vaguemestre"
LINEAGE = Path("/etc/letsencrypt/live") / NAME  # where certbot keeps it
FILES = (LINEAGE / "fullchain.pem", LINEAGE / "privkey.pem")


def obtain(data: Path, instance: Instance, options: argparse.Namespace) -> tuple[Path, Path] | None:
    """Certificate and key; None when it was only tried. Raises LauncherError."""
    if instance.tls.own:
        raise LauncherError(
            _("instance.toml names certificates of your own in [tls]: take them away first, then restart.")
        )
    if not instance.ports.http:
        raise LauncherError(
            _(
                "The authority asks at port 80: write “http = 80” under [ports] in instance.toml, restart,\n"
                "then try again."
            )
        )
    if not shutil.which("certbot"):
        raise LauncherError(_("certbot is missing: apt install --no-install-recommends certbot"))
    asked = led_here(instance, options.resolver)
    print(_("Names: {names}", names=", ".join(asked)))
    if subprocess.run(list(_certbot(data, asked, options)), check=False).returncode:
        raise LauncherError(
            _("certbot did not get one; its words are above, and in /var/log/letsencrypt/letsencrypt.log.")
        )
    if options.dry_run:
        print(_("All is ready: the same again without --dry-run."))
        return None
    if Path("/run/systemd/system").is_dir():  # installed while services might not start, its timer waits for a reboot
        subprocess.run(["systemctl", "enable", "--quiet", "--now", "certbot.timer"], check=False)
    return FILES


def led_here(instance: Instance, at: str | None) -> list[str]:
    """Of our names, those that the DNS leads to the same place as the host's. Raises LauncherError."""
    django.setup()
    from vaguemestre.clients.dns.checking import NoResolverError, Resolver, UnansweredError

    host, *others = names(instance)
    try:
        resolver = Resolver(at)
        place = resolver.addresses(host)
        found = [name for name in others if resolver.addresses(name) == place]
    except ValueError as error:
        raise LauncherError(_("--resolver is an address and a port: 127.0.0.1:53")) from error
    except (NoResolverError, UnansweredError) as error:
        raise LauncherError(_("The resolver does not answer.")) from error
    if not place:
        raise LauncherError(
            _(
                "{host} has no address in the DNS: no authority can see that it is yours.\n"
                "“vaguemestre dns” says what to publish.",
                host=host,
            )
        )
    return [host, *found]


def _certbot(data: Path, asked: list[str], options: argparse.Namespace) -> Iterator[str]:
    yield from ("certbot", "certonly", "--webroot", "--webroot-path", str(data / "acme"), "--cert-name", NAME)
    yield from ("--key-type", "ecdsa", "--keep-until-expiring", "--renew-with-new-domains")
    yield from ("--deploy-hook", _hook(data))
    for name in asked:
        yield from ("--domain", name)
    if options.email:
        yield from ("--email", options.email)
    if options.server:
        yield from ("--server", options.server)
    if options.agree_tos:
        yield "--agree-tos"
    if options.agree_tos or not sys.stdin.isatty():
        yield "--non-interactive"
    if options.dry_run:
        yield "--dry-run"


def _hook(data: Path) -> str:
    """Kept by certbot for each renewal, and given to a shell."""
    certificate, key = map(str, FILES)
    install = [
        str(CHECKOUT / "bin" / "vaguemestre"),
        "certificate",
        "install",
        "--certificate",
        certificate,
        "--key",
        key,
    ]
    return shlex.join(["env", f"VAGUEMESTRE_DATA={data}", f"LANG={os.environ.get('LANG', 'C.UTF-8')}", *install])
