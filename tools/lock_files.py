"""Lock files hold hashes, never the host that a machine happened to download from."""

import re

from vaguemestre.launcher.checkout import CHECKOUT

PATTERNS = ("*.lock", "**/package-lock.json", "**/*.lock")
ADDRESS = re.compile(r"https?://|git\+|--(?:extra-)?index-url|--find-links")


def wrong() -> list[str]:
    files = {file for pattern in PATTERNS for file in CHECKOUT.glob(pattern) if _is_ours(file.parts)}
    return [
        f"{file.relative_to(CHECKOUT)}:{number}: {line.strip()[:100]}"
        for file in sorted(files)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if ADDRESS.search(line)
    ]


def _is_ours(parts: tuple[str, ...]) -> bool:
    return not {".venv", "node_modules", "build"} & set(parts)
