"""What a client may say on the live socket: each command states who may, as a route does."""

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Struct

from hub.core.errors import UsageError
from hub.web.hands_feed import HandsFeed
from hub.web.live_client import LiveClient
from hub.web.routes import Access


class LiveCommand(Struct, frozen=True, kw_only=True):
    """A command: `{"command": name}`. One without a rule of access cannot be made."""

    name: str
    access: Access
    summary: str
    handler: Callable[[LiveClient], None]

    def __post_init__(self) -> None:
        if not isinstance(self.access, Access) or self.access is Access.PUBLIC:
            raise UsageError(f"{self.name} has no access rule", remedy="give it one of Access that asks for somebody")


class _Said(Struct, frozen=True):
    command: str


_SAID: Final = msgspec.json.Decoder(_Said)


class LiveCommands:
    """Does what clients say, as far as they may."""

    def __init__(self, hands: HandsFeed) -> None:
        self.all = (
            LiveCommand(name="watch_hands", access=Access.ADMIN, summary="Tell the next look at hands before cameras.",
                        handler=hands.watch),
            LiveCommand(name="leave_hands", access=Access.ADMIN, summary="Tell no more of them.",
                        handler=hands.left),
            LiveCommand(name="still_there", access=Access.GUEST, summary="Answer: a broken line is not told of else.",
                        handler=_still_here),
        )  # fmt: skip
        """Every command there is."""
        self._by_name = {command.name: command for command in self.all}

    def take(self, client: LiveClient, text: str) -> None:
        """A client says something; what is no command means nothing."""
        try:
            command = self._by_name.get(_SAID.decode(text).command)
        except (msgspec.DecodeError, RecursionError):
            return
        if command is None:
            return
        if client.caller.role.includes(command.access):
            command.handler(client)
        elif not client.unread:  # who asks and asks and does not read is not answered
            client.tell({"event": "CommandRefused", "command": command.name, "code": "role"})


def _still_here(client: LiveClient) -> None:
    if not client.unread:  # as above
        client.tell({"event": "StillHere"})
