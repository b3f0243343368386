"""What the parts of the swarm need of the mesh, so that each can be tried with hubs that live in one process."""

from collections.abc import Awaitable, Callable
from typing import Protocol

Take = Callable[[str, bytes], None]
"""Takes a message: the hub that sent it (its id, proven by its certificate), and the message."""
Answer = Callable[[str, bytes], Awaitable[bytes]]
"""Answers a question of a hub. What it raises goes back as the error's code and text."""


class Mesh(Protocol):
    """The other hubs of this home, as one of them sees them. Topics are short words such as `claims` or `state`."""

    @property
    def hub(self) -> str:
        """This hub's id."""
        ...

    def alive(self) -> frozenset[str]:
        """The other hubs that can be reached now."""
        ...

    async def send(self, topic: str, body: bytes, *, to: str = "") -> None:
        """Tell all hubs, or one. Nobody acknowledges it. Raises `ProtocolError` when it is larger than 4 MiB."""
        ...

    def listen(self, topic: str, take: Take) -> Callable[[], None]:
        """Call `take` for every message of a topic from other hubs, on the event loop; returns the function that ends
        it.
        """
        ...

    async def ask(self, hub: str, topic: str, body: bytes, *, timeout_s: float = 5.0) -> bytes:
        """A hub's answer. Raises `UnavailableError` when it cannot be reached or does not answer in time."""
        ...

    def answer(self, topic: str, answer: Answer) -> Callable[[], None]:
        """Answer the questions of other hubs about a topic; returns the function that ends it."""
        ...

    def watch(self, changed: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call `changed` with those alive whenever that changes; returns the function that ends it."""
        ...


class Bulk(Protocol):
    """Large bodies from hub to hub: a connection of their own, so that no command waits behind one."""

    async def give(self, hub: str, name: str, body: bytes, *, timeout_s: float = 30.0) -> bytes:
        """Hand a body to a hub; its answer. Raises `UnavailableError`, or the error that it answered with."""
        ...

    def take(self, name: str, answer: Answer) -> Callable[[], None]:
        """Take bodies called `name` from other hubs; returns the function that ends it."""
        ...
