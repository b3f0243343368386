"""SPAKE2 over a code of six digits, bound to both hubs' certificates, with confirmation of the key.

SPAKE2 (Abdalla and Pointcheval, CT-RSA 2005; RFC 9382; here the `spake2` library's Ed25519 group) turns a short code
into a strong key that both sides have only if both had the same code, and gives whoever plays either side one guess a
run. The identities in it are the SHA-256 of the two certificates, the host's as the guest saw it in the TLS handshake:
somebody in the middle has to show a certificate of their own, and then the two sides' keys differ whatever they relay.
The guest confirms first (RFC 9382, section 4), so that a host that counts sees every guess that anybody learns from.

    transcript = SHA-256("hearth pairing 1", guest's fingerprint, host's fingerprint, X*, Y*)
    Kg || Kh   = HKDF-SHA256(SPAKE2 key, salt = transcript, info = "hearth pairing confirmation")
    guest says   HMAC-SHA256(Kg, transcript), and its signature of the transcript
    host says    HMAC-SHA256(Kh, transcript || the guest's HMAC)
"""

import hashlib
import hmac
import secrets
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.core.errors import ProtocolError, UsageError

DIGITS: Final = 6
_LABEL: Final = b"hearth pairing 1"
_SIGNED: Final = b"hearth pairing 1 guest "
_FIELD: Final = 2**255 - 19
_ELEMENT_BYTES: Final = 33  # the side's letter, then the point


def new_code() -> str:
    """A code of six digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def typed_code(text: str) -> str:
    """The code that a person typed, which may have spaces or dashes in it. Raises `UsageError` for anything else."""
    code = "".join(text.replace("-", " ").split())
    if len(code) != DIGITS or not code.isascii() or not code.isdigit():
        raise UsageError(f"the code has {DIGITS} digits", remedy="read it once more on the other hub")
    return code


class Handshake:
    """One side of one run; `guest` and `host` are the SHA-256 of their certificates. Never used twice.

    Takes some milliseconds of CPU in `element` and in `meet` each: run these off the event loop.
    """

    def __init__(self, code: str, guest: bytes, host: bytes, *, is_host: bool) -> None:
        from spake2 import SPAKE2_A, SPAKE2_B

        self._guest, self._host, self._is_host = guest, host, is_host
        self._spake: Any = (SPAKE2_B if is_host else SPAKE2_A)(code.encode("ascii"), idA=guest, idB=host)
        self._mine = b""
        self._transcript = b""
        self._keys = (b"", b"")

    def element(self) -> bytes:
        """This side's half, to be sent."""
        self._mine = self._spake.start()
        return self._mine

    def meet(self, theirs: bytes) -> None:
        """Take the other side's half. Raises `ProtocolError` for a point that is zero, off the curve, of small order,
        written in another way than one, or our own sent back.
        """
        if len(theirs) != _ELEMENT_BYTES or int.from_bytes(theirs[1:], "little") & (2**255 - 1) >= _FIELD:
            raise ProtocolError("this is no half of a pairing")
        try:
            key = self._spake.finish(theirs)
        except Exception as error:  # the library raises its own, ValueError, and AssertionError
            raise ProtocolError(f"this is no half of a pairing: {type(error).__name__}") from error
        first, second = (theirs, self._mine) if self._is_host else (self._mine, theirs)
        self._transcript = hashlib.sha256(_LABEL + self._guest + self._host + first + second).digest()
        derived = HKDF(hashes.SHA256(), 64, self._transcript, b"hearth pairing confirmation").derive(key)
        self._keys = (derived[:32], derived[32:])

    def guess(self) -> bytes:
        """What shows that the guest has the key."""
        self._met()
        return hmac.digest(self._keys[0], self._transcript, "sha256")

    def answer(self) -> bytes:
        """What shows that the host has it too."""
        return hmac.digest(self._keys[1], self._transcript + self.guess(), "sha256")

    def right_guess(self, mac: bytes) -> bool:
        """Whether the guest has the key."""
        return hmac.compare_digest(mac, self.guess())

    def right_answer(self, mac: bytes) -> bool:
        """Whether the host has the key."""
        return hmac.compare_digest(mac, self.answer())

    def sign(self, key: Ed25519PrivateKey) -> bytes:
        """The guest's proof that the certificate that it showed is its own."""
        self._met()
        return key.sign(_SIGNED + self._transcript)

    def check_signature(self, key: Ed25519PublicKey, signature: bytes) -> None:
        """Raise `ProtocolError` unless the guest signed this run with the key of its certificate."""
        try:
            key.verify(signature, _SIGNED + self._transcript)
        except InvalidSignature as error:
            raise ProtocolError("the other hub showed a certificate that is not its own") from error

    def _met(self) -> None:
        if not self._transcript:
            raise ProtocolError("nothing can be shown before both halves are there")
