"""Secrets that must be read again, encrypted under the installation's key, and marks only this installation makes."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12


class Unreadable(Exception):
    """Sealed under another key or for another purpose, or changed since."""


class Vault:
    """Seals with AES-256-GCM under a key derived from the installation's secret. `purpose` binds what is sealed to
    the row it belongs to: moved to another one it opens no more."""

    def __init__(self, secret_key: bytes) -> None:
        self._sealing = _derived(secret_key, b"akta sealing")
        self._marking = _derived(secret_key, b"akta marking")

    def seal(self, content: bytes, purpose: str) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._sealing).encrypt(nonce, content, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """
        Raises:
            Unreadable: not sealed by this installation for this purpose.
        """
        try:
            return AESGCM(self._sealing).decrypt(sealed[:NONCE], sealed[NONCE:], purpose.encode())
        except (InvalidTag, ValueError) as broken:
            raise Unreadable from broken

    def mark(self, content: str, purpose: str) -> bytes:
        """A hash that nobody can make or search through without the installation's key; 32 bytes."""
        return hmac.new(self._marking, f"{purpose}\0{content}".encode(), hashlib.sha256).digest()


def _derived(secret_key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret_key)
