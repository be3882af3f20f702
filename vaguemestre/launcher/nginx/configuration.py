"""The web server's three files, rendered whole and checked before anything is started."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from vaguemestre.academy.facts import academy
from vaguemestre.engine import mta_sts, tls_policy
from vaguemestre.engine.template_variables import mail_host
from vaguemestre.instance import Instance, listen_addresses
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder.folder import WEB_USER, write
from vaguemestre.launcher.data_folder.web_sockets import web_sockets
from vaguemestre.launcher.errors import LauncherError

HERE = Path(__file__).parent
LAST_PRIVILEGED_PORT = 1023
HTTPS = 443
# Room for the form around the files: subject, text, recipients.
ENVELOPE_MB = 2
# Half of what a core can verify: the other half reads mail. Ten seconds of queue, then an apology.
SIGN_INS_PER_CORE = 10
QUEUE_SECONDS = 10
# One address, and a school behind it: its staff after a bell, then three a second. The whole authority has 20 a second.
SIGN_INS_OF_ONE, AT_ONCE_OF_ONE = 3, 40


def folder(data: Path) -> Path:
    return data / "engine" / "nginx"


def command(data: Path) -> tuple[str, ...]:
    return ("/usr/sbin/nginx", "-e", "stderr", "-c", str(folder(data) / "nginx.conf"))


def program_hosts(host: str) -> list[str]:
    """Beside the product's own name: where mail programs look for their settings, by the domain of an address."""
    domain = academy().domain
    return [name for name in (f"autoconfig.{domain}", f"autodiscover.{domain}", domain) if name != host]


def names(instance: Instance) -> list[str]:
    """All by which one comes here, the product's own first."""
    return [instance.host, *program_hosts(instance.host), mta_sts.host()]


def user(instance: Instance) -> str:
    """A port below 1024 needs root to open it; the workers that read requests are unprivileged all the same."""
    opened = (instance.ports.web, instance.ports.http or instance.ports.web)
    return "root" if min(opened) <= LAST_PRIVILEGED_PORT else WEB_USER


def render(data: Path, instance: Instance) -> None:
    folder(data).mkdir(exist_ok=True)
    sign_ins = SIGN_INS_PER_CORE * (os.cpu_count() or 1)
    values = {
        "data": data, "host": instance.host, "listen": _listen(instance), "origin": instance.origin,
        "listen_by_default": _listen(instance, "default_server"), "plain_http": _plain_http(data, instance),
        "certificates": _certificates(data), "trusted_proxies": _trusted_proxies(instance),
        "tls_ciphers": ":".join(tls_policy.CIPHERS), "tls_groups": ":".join(tls_policy.GROUPS),
        "web": instance.ports.web,
        "web_servers": " ".join(f"server unix:{path} max_fails=0;" for path in web_sockets(data)),
        "events": instance.ports.events,
        "authority": instance.origin.removeprefix("https://"), "program_hosts": " ".join(program_hosts(instance.host)),
        "message": academy().mail.message_limit_mb + ENVELOPE_MB,
        # Somebody's whole mailbox elsewhere, which may be a little larger than one here.
        "mailbox": academy().mail.quota_mb + academy().mail.quota_mb // 4,
        "log_format": instance.log_format,
        "sign_ins": sign_ins, "sign_ins_waiting": sign_ins * QUEUE_SECONDS,
        "sign_ins_of_one": SIGN_INS_OF_ONE, "sign_ins_of_one_at_once": AT_ONCE_OF_ONE,
        "mta_sts_host": mta_sts.host(), "mta_sts_path": mta_sts.PATH,
        "mta_sts_policy": mta_sts.policy(mail_host(instance)).replace("\r\n", r"\r\n"),
        "proxy": folder(data) / "proxy.conf", "guards": folder(data) / "guards.conf",
        "static": CHECKOUT / "build" / "static", "pages": CHECKOUT / "build" / "pages",
        "user": f"user {WEB_USER} {WEB_USER};" if user(instance) == "root" else "",
    }  # fmt: skip
    for name in ("nginx.conf", "proxy.conf", "guards.conf"):
        write(folder(data) / name, _filled_in(name, values))
    _check(data, user(instance))


def _filled_in(name: str, values: Mapping[str, object]) -> str:
    return re.sub(r"@(\w+)@", lambda found: str(values[found[1]]), (HERE / name).read_text())


def _trusted_proxies(instance: Instance) -> str:
    said = [f"set_real_ip_from {network};" for network in instance.trusted_proxies]
    return " ".join([*said, "real_ip_header X-Forwarded-For; real_ip_recursive on;"]) if said else ""


def _listen(instance: Instance, *more: str) -> str:
    return _listen_at(instance, instance.ports.web, "ssl", *more)


def _listen_at(instance: Instance, port: int, *more: str) -> str:
    places = [f"[{one}]" if ":" in one else one for one in listen_addresses(instance.listen)]
    return " ".join(f"listen {' '.join([f'{place}:{port}', *more])};" for place in places)


def _plain_http(data: Path, instance: Instance) -> str:
    """Nothing where the installation does not serve it."""
    if not (port := instance.ports.http):
        return ""
    values = {
        "listen": _listen_at(instance, port), "listen_by_default": _listen_at(instance, port, "default_server"),
        "names": " ".join(names(instance)), "acme": data / "acme",
        "port": "" if instance.ports.web == HTTPS else f":{instance.ports.web}",
    }  # fmt: skip
    return _filled_in("plain_http.conf", values)


def _certificates(data: Path) -> str:
    pairs = tls_policy.certificates(data)
    return " ".join(f"ssl_certificate {certificate}; ssl_certificate_key {key};" for certificate, key in pairs)


def _check(data: Path, account: str) -> None:
    # It opens ports and files, so it runs as who will: root would leave files of its own where the server's user must
    # write, and that user cannot open a port below 1024.
    done = subprocess.run(
        [*command(data), "-t", "-q"], user=account, group=account, extra_groups=[],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise LauncherError(done.stdout.strip())
