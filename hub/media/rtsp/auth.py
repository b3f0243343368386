"""Telling a camera who asks: Digest (RFC 2617, RFC 7616), or Basic (RFC 7617) where it knows nothing better."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from hub.core.errors import MediaError

_PART: Final = re.compile(r'(\w+)=(?:"([^"]{0,512})"|([^\s,"]{0,512}))')
_ALGORITHMS: Final[dict[str, Callable[[bytes], str]]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),  # the protocol's, not our choice
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
}


class Challenge(Struct, frozen=True):
    """What a camera asks for before it answers. Without a `nonce` it is Basic."""

    realm: str
    nonce: str = ""
    opaque: str = ""
    algorithm: str = "MD5"
    quality: bool = False


def challenge(offers: Sequence[str]) -> Challenge:
    """The safest of the offers in `WWW-Authenticate` headers. Raises `MediaError` when none can be answered."""
    found: list[Challenge] = []
    for offer in offers[:8]:
        kind, _, rest = offer.partition(" ")
        parts = {name.lower(): quoted or plain for name, quoted, plain in _PART.findall(rest[:4096])}
        algorithm = parts.get("algorithm", "MD5").upper()
        if kind.lower() == "digest" and parts.get("nonce") and algorithm in _ALGORITHMS:
            quality = "auth" in [word.strip() for word in parts.get("qop", "").split(",")]
            realm, opaque = parts.get("realm", ""), parts.get("opaque", "")
            found.append(Challenge(realm, parts["nonce"], opaque, algorithm, quality))
        elif kind.lower() == "basic":
            found.append(Challenge(parts.get("realm", "")))
    if not found:
        raise MediaError("the camera asks for a password in an unknown way", remedy="allow Digest in its settings")
    return max(found, key=lambda c: (bool(c.nonce), c.algorithm == "SHA-256"))


def answer(asked: Challenge, user: str, password: str, method: str, url: str, count: int = 1) -> str:
    """The `Authorization` header's value for one request, the `count`-th with this challenge."""
    if not asked.nonce:
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    digest = _ALGORITHMS[asked.algorithm]
    who = digest(f"{user}:{asked.realm}:{password}".encode())
    what = digest(f"{method}:{url}".encode())
    values = {"username": user, "realm": asked.realm, "nonce": asked.nonce, "uri": url}
    plain = {}
    if asked.quality:
        mine, number = secrets.token_hex(8), f"{count:08x}"
        values["response"] = digest(f"{who}:{asked.nonce}:{number}:{mine}:auth:{what}".encode())
        values["cnonce"] = mine
        plain = {"qop": "auth", "nc": number}
    else:
        values["response"] = digest(f"{who}:{asked.nonce}:{what}".encode())
    if asked.opaque:
        values["opaque"] = asked.opaque
    plain["algorithm"] = asked.algorithm
    quoted = [f'{name}="{value.replace(chr(34), "")}"' for name, value in values.items()]
    return "Digest " + ", ".join([*quoted, *(f"{name}={value}" for name, value in plain.items())])
