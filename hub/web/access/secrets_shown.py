"""Secrets that somebody shows to be let in: made from chance, known by their SHA-256 only.

They are looked up by that hash, whole: how long a look-up takes tells nothing about a secret that is nearly right.
"""

import hashlib
import re
import secrets
from typing import Final

TOKEN_PREFIX: Final = "hearth_"  # noqa: S105 -- what every token begins with, so that a leaked one is recognised
_SHOWN: Final = re.compile(r"[A-Za-z0-9_-]{20,200}")


def fresh_secret() -> str:
    """256 bits of chance, as 43 characters that fit a cookie."""
    return secrets.token_urlsafe(32)


def fresh_token() -> str:
    """A token for a program."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def fresh_code() -> str:
    """A code that people read in one place and type in another: 50 bits, without letters that look alike."""
    letters = "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def fresh_id() -> str:
    """A name for a row, which is no secret and cannot be guessed either."""
    return secrets.token_hex(8)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def page_token(secret: str) -> str:
    """What the page of a session sends along with its cookie; it says nothing about the session's secret."""
    return digest(f"page of {secret}")


def bearer(values: list[str]) -> str:
    """The token in the `Authorization` headers, empty unless there is exactly one and it is a whole bearer token."""
    if len(values) != 1 or not values[0].startswith("Bearer "):
        return ""
    shown = values[0].removeprefix("Bearer ")
    return shown if _SHOWN.fullmatch(shown) else ""
