"""What a skill asks for, in words for the people whose home it is."""

from collections.abc import Iterable
from typing import Final

from hub.core.errors import PackageError
from hub.sdk.manifest import Grant

_WORDS: Final = {
    "home.read": "see the things of the home and what they are doing",
    "home.control": "control things of the home",
    "home.people": "know which rooms are in use, and who is at home and where",
    "say": "speak unasked",
    "clock": "know the time and set timers",
    "store": "remember small things of its own",
    "fetch": "ask these places for things, and send them some",
    "connect": "talk to a device on the network",
    "events": "be told at once",
}
_OF_EVENTS: Final = {
    "StateChanged": "what things do",
    "AvailabilityChanged": "when a thing is away or back",
    "CommandDone": "what was commanded",
    "CommandFailed": "which commands failed",
    "PresenceChanged": "how many people are in a room",
    "GestureMade": "which gestures are made",
    "WakeHeard": "when a wake word is heard",
    "HomeChanged": "when the home is arranged anew",
}


def in_words(grant: Grant) -> str:
    """One grant as a phrase that completes "it may": with what it is narrowed to, and the author's reason."""
    words = _WORDS.get(grant.port, grant.port)
    names = [_OF_EVENTS.get(name, name) if grant.port == "events" else name for name in grant.only]
    only = f" (only: {', '.join(map(plain, names))})" if names else ""
    return f"{words}{only}: {plain(grant.why)}"


def more_than(asked: Iterable[Grant], granted: Iterable[Grant]) -> list[Grant]:
    """Those that reach further than what was granted: a new port, or one that is narrowed less."""
    wide: dict[str, frozenset[str] | None] = {}
    for grant in granted:
        before = wide.get(grant.port, frozenset())
        wide[grant.port] = None if not grant.only or before is None else before | frozenset(grant.only)
    return [grant for grant in asked if not _within(grant, wide)]


def within(asked: Iterable[Grant], granted: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """Those that do not reach further than what was granted."""
    return tuple(grant for grant in asked if not more_than((grant,), granted))


def grant_id(grant: Grant) -> str:
    """How a program names the grant: its port, and what it is narrowed to."""
    return f"{grant.port}={','.join(grant.only)}" if grant.only else grant.port


def chosen(asked: Iterable[Grant], ids: Iterable[str]) -> tuple[Grant, ...]:
    """Those of what is asked for that the household agrees to, by `grant_id`.

    Raises `PackageError` where the skill cannot do without one that is missing, or asks for no such thing.
    """
    asked, wanted = tuple(asked), frozenset(ids)
    unknown = wanted - {grant_id(grant) for grant in asked}
    if unknown:
        raise PackageError(f"it does not ask for {plain(min(unknown))!r}", remedy="agree to what it asks for")
    for grant in asked:
        if not grant.optional and grant_id(grant) not in wanted:
            raise PackageError(f"it cannot do without {grant_id(grant)!r}", remedy="agree to that, or leave it out")
    return tuple(grant for grant in asked if grant_id(grant) in wanted)


def _within(grant: Grant, wide: dict[str, frozenset[str] | None]) -> bool:
    if grant.port not in wide:
        return False
    allowed = wide[grant.port]
    return allowed is None or (bool(grant.only) and frozenset(grant.only) <= allowed)


def plain(text: str) -> str:
    """A stranger's words for a terminal: printable, in one line, and not without end."""
    return "".join(c if c.isprintable() else " " for c in text)[:200]
