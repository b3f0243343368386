"""Passwords in addresses (`rtsp://user:password@host/path`): hidden from whoever looks, and found again when such an
address comes back as it was shown.
"""

from collections.abc import Iterable
from typing import Any, Final

HIDDEN: Final = "••••••"
"""Stands where a password is."""


def hidden(address: str) -> str:
    """The address without its password; anything else as it is."""
    scheme, user, password, rest = _parts(address)
    return f"{scheme}{user}:{HIDDEN}@{rest}" if password else address


def hidden_in(value: Any) -> Any:
    """Plain JSON with the password of every address in it hidden."""
    if isinstance(value, str):
        return hidden(value)
    if isinstance(value, dict):
        return {key: hidden_in(each) for key, each in value.items()}
    return [hidden_in(each) for each in value] if isinstance(value, list) else value


def restored(address: str, known: Iterable[str]) -> str:
    """The address with the password that the one of `known` has which is shown like it; unchanged when none is."""
    if _parts(address)[2] != HIDDEN:
        return address
    return next((each for each in known if hidden(each) == address), address)


def is_hidden(address: str) -> bool:
    """Whether the address has no password but the sign that stands for one."""
    return _parts(address)[2] == HIDDEN


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
