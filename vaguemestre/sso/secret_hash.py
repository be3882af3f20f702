"""How the secrets of applications are kept."""

import hashlib
import secrets
from typing import Any, override

from django.contrib.auth.hashers import BasePasswordHasher, mask_hash
from django.utils.crypto import constant_time_compare


class RandomSecretHasher(BasePasswordHasher):
    """For secrets that a generator made and nobody chose: 256 bits cannot be guessed, so one round of a hash keeps
    them as well as a hundred thousand would, and each token asked for costs no half second."""

    algorithm = "random_sha256"

    @override
    def salt(self) -> str:
        return secrets.token_urlsafe(12)

    @override
    def encode(self, password: str | bytes, salt: str | bytes, *_parameters: Any) -> str:
        word = password.decode() if isinstance(password, bytes) else password
        grain = salt.decode() if isinstance(salt, bytes) else salt
        return f"{self.algorithm}${grain}${hashlib.sha256(f'{grain}{word}'.encode()).hexdigest()}"

    @override
    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    @override
    def verify(self, password: str, encoded: str) -> bool:
        return constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))

    @override
    def must_update(self, encoded: str) -> bool:
        return False

    @override
    def safe_summary(self, encoded: str) -> Any:
        return {"algorithm": self.algorithm, "hash": mask_hash(self.decode(encoded)["hash"])}

    @override
    def harden_runtime(self, password: str, encoded: str) -> None:
        """One round, whatever was stored."""
