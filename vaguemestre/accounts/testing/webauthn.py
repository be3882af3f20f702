"""A passkey made of software: what a device answers to a page, and what a dishonest one would."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    origin: str
    rp_id: str = "localhost"
    count: int = 0
    verifies: bool = True
    handle: str = ""
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str) -> str:
        asked = json.loads(options)
        self.handle = asked["user"]["id"]
        told = self._client("webauthn.create", asked["challenge"])
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(with_key=True)})
        return self._answer(told, {"attestationObject": bytes_to_base64url(attested), "transports": ["internal"]})

    def get(self, options: str) -> str:
        self.count += 1
        told = self._client("webauthn.get", json.loads(options)["challenge"])
        data = self._data()
        signature = self.key.sign(data + sha256(told).digest(), ec.ECDSA(SHA256()))
        answer: dict[str, object] = {
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
            "userHandle": self.handle,
        }
        return self._answer(told, answer)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, *, with_key: bool = False) -> bytes:
        flags = PRESENT | (VERIFIED if self.verifies else 0) | (WITH_KEY if with_key else 0)
        data = sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)
        if not with_key:
            return data
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        return data + bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(public)

    def _answer(self, told: bytes, response: dict[str, object]) -> str:
        name = bytes_to_base64url(self.id)
        response["clientDataJSON"] = bytes_to_base64url(told)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
