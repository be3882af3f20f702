"""`vaguemestre certificate obtain|install|show`, as root."""

import argparse
import datetime
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509

from vaguemestre.engine import tls_policy
from vaguemestre.instance import Instance, read_instance
from vaguemestre.launcher.certificates import installation, obtaining
from vaguemestre.launcher.data_folder.folder import data_folder
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.nginx.configuration import names
from vaguemestre.launcher.prepare import point_at
from vaguemestre.launcher.texts import _
from vaguemestre.launcher.tls import authority
from vaguemestre.launcher.tls.pairs import Pair, names_of, read_pair, remarks, require_usable, time_text
from vaguemestre.web.certificates import FEW_DAYS, bears


def run(arguments: Sequence[str]) -> int:
    options = _read(arguments)
    if os.geteuid():
        raise LauncherError(_("Only root may: the key is root’s, and so are the daemons."))
    data = data_folder()
    point_at(data)
    instance = read_instance()
    obtained = obtaining.obtain(data, instance, options) if options.act == "obtain" else None
    now = datetime.datetime.now(datetime.UTC)  # after that: what was obtained is not valid before
    match options.act:
        case "obtain":
            return install(data, instance, [obtained], now) if obtained else 0
        case "install" if options.former:
            installation.keep_former(data)
            return install(data, instance, [], now)
        case "install":
            return install(data, instance, _pairs_named(options), now)
        case _:
            return show(data, instance, now)


def install(data: Path, instance: Instance, files: Sequence[tuple[Path, Path]], now: datetime.datetime) -> int:
    """`files`: certificate and key of each kind; none: what belongs there by instance.toml, or was kept."""
    if files and instance.tls.own:
        raise LauncherError(
            _(
                "instance.toml names certificates in [tls], which go before any other: put the new files there, then\n"
                "“vaguemestre certificate install” alone; or take [tls] away first."
            )
        )
    with installation.alone(data):
        pairs = _judged(instance, files or instance.tls.own, now)
        if files:
            installation.keep(data, pairs)
        others = installation.put_in_place(data, instance, now)
    for door in others:
        print(_("{door}: still shows another certificate. See its log; a restart makes it read all again.", door=door))
    if not others:
        print(_("Installed: whoever connects from now on is shown it, and nobody was disconnected."))
    return 1 if others else 0


def show(data: Path, instance: Instance, now: datetime.datetime) -> int:
    """Ends with 1 when somebody must see to it."""
    files = [certificate for certificate, _key in tls_policy.certificates(data)]
    found = [x509.load_pem_x509_certificate(file.read_bytes()) for file in files]
    print(_origin(data, instance))
    trouble = [_("{door}: shows another certificate", door=door) for door in installation.other_doors(data, instance)]
    for file, one in zip(files, found, strict=True):
        left = (one.not_valid_after_utc - now) // datetime.timedelta(days=1)
        print(f"{file}: {', '.join(names_of(one))}")
        issuer, ends = one.issuer.rfc4514_string(), time_text(one.not_valid_after_utc)
        print(_("  signed by {issuer}; until {ends}, {left} days", issuer=issuer, ends=ends, left=left))
        if left < FEW_DAYS:
            trouble.append(_("{file} ends in {left} days: renew it", file=file, left=left))
        if one.not_valid_before_utc > now:
            trouble.append(
                _("{file} is not valid before {begins}", file=file, begins=time_text(one.not_valid_before_utc))
            )
        trouble += [
            _("{file}: {name} is missing", file=file, name=name) for name in names(instance) if not bears(one, name)
        ]
    print("\n".join(trouble))
    return 1 if trouble else 0


def _origin(data: Path, instance: Instance) -> str:
    if instance.tls.own:
        return _("From the files of [tls] in instance.toml: after a renewal there, vaguemestre certificate install")
    if authority.installed_file(data).exists():
        return _("Installed by vaguemestre certificate; certbot renews its own by itself (systemctl list-timers)")
    return _("Of the local authority, which no program knows: vaguemestre certificate obtain, or install")


def _judged(instance: Instance, files: Sequence[tuple[Path, Path]], now: datetime.datetime) -> list[Pair]:
    pairs = []
    for certificate, key in files:
        pair = read_pair(certificate, key)
        require_usable(pair, certificate, key, instance.host, now)
        for remark in remarks(pair, certificate, key, names(instance)):
            print(remark)
        pairs.append(pair)
    if len({type(pair.key) for pair in pairs}) != len(pairs):
        raise LauncherError(_("Two certificates stand side by side only if one is EC and the other RSA."))
    return pairs


def _pairs_named(options: argparse.Namespace) -> list[tuple[Path, Path]]:
    pairs = [(options.certificate, options.key), (options.alt_certificate, options.alt_key)]
    if any((certificate is None) != (key is None) for certificate, key in pairs):
        raise LauncherError(_("A certificate and its key are given together."))
    if options.alt_certificate and not options.certificate:
        raise LauncherError(_("--alt-certificate stands beside --certificate."))
    return [(certificate.absolute(), key.absolute()) for certificate, key in pairs if certificate]


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "vaguemestre certificate", description=_("The certificates that everybody is shown.")
    )
    acts = parser.add_subparsers(dest="act", required=True)
    obtain = acts.add_parser("obtain", help=_("ask an authority for one, by certbot, which then renews it"))
    obtain.add_argument("--email", help=_("where the authority writes"))
    obtain.add_argument("--agree-tos", action="store_true", help=_("accept its terms; else certbot asks, once"))
    obtain.add_argument("--server", metavar="URL", help=_("another authority than Let’s Encrypt (ACME)"))
    obtain.add_argument("--resolver", metavar="HOST:PORT", help=_("another one than this machine’s"))
    obtain.add_argument("--dry-run", action="store_true", help=_("try all of it, and change nothing"))
    install_ = acts.add_parser("install", help=_("take one that you have; without files, what instance.toml names"))
    for name in ("certificate", "key", "alt-certificate", "alt-key"):
        install_.add_argument(f"--{name}", type=Path, metavar="PEM")
    install_.add_argument("--former", action="store_true", help=_("the one of before, kept here"))
    acts.add_parser("show", help=_("which one, until when, and who shows it"))
    return parser.parse_args(arguments)
