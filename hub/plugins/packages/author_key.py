"""The key that says who made a skill: Ed25519, made when it is first needed, readable by its owner alone."""

import base64
import hashlib
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.core.errors import PackageError

_OTHERS: Final = 0o077


class AuthorKey:
    """Signs packages. `signer` is the public half, as packages name it."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.signer = base64.b64encode(private.public_key().public_bytes_raw()).decode("ascii")

    @classmethod
    def at(cls, path: Path) -> "AuthorKey":
        """The key in the file `path`, which is made where there is none. Raises `PackageError` for an unsafe one."""
        try:
            _make(path)
        except FileExistsError:
            pass
        except OSError as error:
            raise PackageError(f"no key can be made: {error}", remedy="make the folder writable") from error
        return cls(_read(path))

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`."""
        return self._private.sign(data)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text)


def _read(path: Path) -> Ed25519PrivateKey:
    if path.stat().st_mode & _OTHERS:
        raise PackageError("others may read this key", place=str(path), remedy=f"chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm, OSError) as error:
        raise PackageError("this is no key", place=str(path), remedy="move it away; another is made") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise PackageError("this is no Ed25519 key", place=str(path), remedy="move it away; another is made")
    return key


def verified(signer: str, signature: bytes, data: bytes) -> bool:
    """Whether `signer` signed `data`."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(signer, validate=True)).verify(signature, data)
    except (ValueError, InvalidSignature):
        return False
    return True


def fingerprint(signer: str) -> str:
    """The signer in a form that two people can compare."""
    digest = hashlib.sha256(signer.encode("utf-8")).hexdigest()[:24]
    return "-".join(digest[i : i + 4] for i in range(0, len(digest), 4))
