"""`endpoints.json`: where everything is, for programs that test from outside. A demo's only: it holds passwords and
second factors, so that it is read by its owner alone."""

import json
from pathlib import Path

from vaguemestre.instance import Instance
from vaguemestre.launcher.data_folder.folder import write

FILE = "endpoints.json"


def publish(data: Path, instance: Instance, accounts: list[dict[str, str]]) -> None:
    ports = instance.ports
    content = {
        "web": instance.origin,
        **{name: {"host": instance.host, "port": port}
           for name, port in (("imaps", ports.imaps), ("smtps", ports.smtps), ("smtp", ports.smtp))},
        "ca": str(data / "tls" / "ca.pem"),
        "accounts": accounts,
    }  # fmt: skip
    write(data / FILE, json.dumps(content, ensure_ascii=False, indent=2) + "\n", mode=0o600)


def read(data: Path) -> list[dict[str, str]]:
    """The accounts of a demo; none elsewhere."""
    file = data / FILE
    return list(json.loads(file.read_text())["accounts"]) if file.exists() else []
