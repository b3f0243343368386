"""Passwords in addresses: hidden from whoever looks, and found again when such an address comes back as it was shown.

They stand before the host (`rtsp://user:password@host/path`), or in a parameter that is called like one
(`rtsp://host/path?user=ann&password=secret`; some cameras have their parameters in the path).
"""

import re
from collections.abc import Iterable
from typing import Any, Final

HIDDEN: Final = "••••••"
"""Stands where a password is."""
_LETTERS: Final = r"[^?&;/=\s]{0,40}"
_CALLED: Final = (
    rf"{_LETTERS}(?:passw|passphrase|pwd|token|secret|credential){_LETTERS}|{_LETTERS}(?:pass?|psw|pw|key|auth)"
)
# To the next & only: nothing else that an address may hold is sure not to be the password's.
_PARAMETER: Final = re.compile(rf"(?<=[?&;/_])({_CALLED})=([^&]+)", re.IGNORECASE)
_PARAMETER_IN_TEXT: Final = re.compile(rf"(?<=[?&;/_])({_CALLED})=[^&\s'\"]+", re.IGNORECASE)
_WHO_IN_TEXT: Final = re.compile(r"(?<=://)[^/@\s]+@")


def hidden(address: str) -> str:
    """The address without its passwords; anything else as it is."""
    if "://" not in address:
        return address
    address = _PARAMETER.sub(rf"\1={HIDDEN}", address)
    scheme, user, password, rest = _parts(address)
    return f"{scheme}{user}:{HIDDEN}@{rest}" if password else address


def without_passwords(text: str) -> str:
    """A text in which no address says who looks (user and password), or has a parameter that is a password."""
    if "://" not in text:
        return text
    return _PARAMETER_IN_TEXT.sub(rf"\1={HIDDEN}", _WHO_IN_TEXT.sub("", text))


def hidden_in(value: Any) -> Any:
    """Plain JSON with the password of every address in it hidden."""
    if isinstance(value, str):
        return hidden(value)
    if isinstance(value, dict):
        return {key: hidden_in(each) for key, each in value.items()}
    return [hidden_in(each) for each in value] if isinstance(value, list) else value


def restored(address: str, known: Iterable[str]) -> str:
    """The address with the passwords that the first of `known` has which is shown like it; unchanged when none is."""
    if not is_hidden(address):
        return address
    return next((each for each in known if hidden(each) == address), address)


def is_hidden(address: str) -> bool:
    """Whether the address has, where a password belongs, the sign that stands for one."""
    if "://" not in address:
        return False
    return _parts(address)[2] == HIDDEN or any(found[2] == HIDDEN for found in _PARAMETER.finditer(address))


def _parts(address: str) -> tuple[str, str, str, str]:
    """What is before the user, the user, the password, and what is after the @."""
    scheme, there, rest = address.partition("://")
    if not there:
        return "", "", "", address
    # The last @ before the path: a password that somebody forgot to encode may hold one, and all of it is secret.
    authority, slash, path = rest.partition("/")
    if "@" not in authority and "@" in path:
        authority, slash, path = rest, "", ""
    who, at, host = authority.rpartition("@")
    user, _, password = who.partition(":")
    return f"{scheme}://", user, password, f"{host}{slash}{path}" if at else rest
