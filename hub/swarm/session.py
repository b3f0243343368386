"""One Zenoh session: what it subscribes to, answers and declares, and nothing of what that means."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import structlog

from hub.core.errors import UnavailableError
from hub.swarm.access import EVERYONE, key_alive
from hub.swarm.zenoh_config import configuration

if TYPE_CHECKING:
    import zenoh

log = structlog.get_logger(__name__)
Heard = Callable[[list[tuple[str, bytes]]], None]
"""Takes keys and bodies of messages of one hub, in order, on a thread that may wait."""
Asked = Callable[[str, bytes, Callable[[bytes], None]], None]
"""Takes a question's key and body, and what sends the answer (it may block)."""
Token = Callable[[str, bool], None]
"""Takes the key of a liveliness token, and whether it came or went."""
_QUEUED: Final = 256  # messages of a member that Zenoh keeps until they are taken, which goes on whatever happens
_BATCH: Final = 128
_MANY: Final = 4
_MOMENT_S: Final = 0.0002
_MOST_PUBLISHERS: Final = 256


class Session:
    """A session of hub `hub` in home `home`. Opening, closing and sending block: keep them off the event loop."""

    def __init__(self, home: str, hub: str) -> None:
        self._home = home
        self._hub = hub
        self._session: zenoh.Session | None = None
        self._publishers: dict[str, Any] = {}

    def open(self, settings: dict[str, Any], members: Iterable[str], heard: Heard, asked: Asked, token: Token) -> None:
        """Open it and declare everything. Raises `UnavailableError` when Zenoh cannot listen or will not have it."""
        import zenoh

        try:
            session = zenoh.open(configuration(settings))
        except zenoh.ZError as error:
            raise UnavailableError(
                f"the mesh cannot be opened: {error}", remedy="is its port free, and is the home's certificate valid?"
            ) from error
        self._session = session

        def on_query(query: "zenoh.Query") -> None:
            key = str(query.key_expr)
            body = query.payload.to_bytes() if query.payload is not None else b""
            asked(key, body, lambda packed: _reply(query, key, packed))

        def on_token(sample: "zenoh.Sample") -> None:
            token(str(sample.key_expr), sample.kind == zenoh.SampleKind.PUT)

        for member in members:
            self._hear(session, member, heard)
        # Directly on Zenoh's threads: otherwise each of these gets one more thread and one more queue.
        session.declare_queryable(f"hearth/{self._home}/*/ask/{self._hub}/*", _direct(on_query))
        session.liveliness().declare_subscriber(f"hearth/{self._home}/*/alive", _direct(on_token), history=True)
        self._token = session.liveliness().declare_token(key_alive(self._home, self._hub))

    def _hear(self, session: "zenoh.Session", member: str, heard: Heard) -> None:
        """Hear a member on threads of its own. Zenoh queues what it says without Python, and reads no more of its link
        when the queue is full; taking messages one by one on Zenoh's own threads costs three times as much.
        """
        from zenoh.handlers import FifoChannel

        for receiver in (EVERYONE, self._hub):  # apart: one for both would match what is said to others
            key = f"hearth/{self._home}/{member}/to/{receiver}/*"
            said = session.declare_subscriber(key, FifoChannel(_QUEUED))
            threading.Thread(target=_pump, args=(said, heard), name=f"hears {member[:8]}", daemon=True).start()

    def put(self, key: str, body: bytes, *, urgent: bool) -> None:
        """Send a message. An urgent one waits for a slow link, others are dropped there."""
        publisher = self._publishers.get(key) or self._publisher(key, urgent)
        if publisher is not None:
            publisher.put(body)

    def _publisher(self, key: str, urgent: bool) -> Any:
        import zenoh

        if self._session is None:
            return None
        if len(self._publishers) >= _MOST_PUBLISHERS:
            self._publishers.clear()
        publisher = self._publishers[key] = self._session.declare_publisher(
            key,
            congestion_control=zenoh.CongestionControl.BLOCK if urgent else zenoh.CongestionControl.DROP,
            priority=zenoh.Priority.INTERACTIVE_HIGH if urgent else zenoh.Priority.DATA_LOW,
            allowed_destination=zenoh.Locality.REMOTE,
        )
        return publisher

    def ask(self, key: str, body: bytes, timeout_s: float, reply: Callable[[bytes | None], None]) -> None:
        """Ask; `reply` gets the answer on one of Zenoh's threads, and None when there will be no more."""
        import zenoh

        if self._session is None:
            reply(None)
            return

        def on_reply(answer: "zenoh.Reply") -> None:
            sample = answer.ok
            if sample is not None:
                reply(sample.payload.to_bytes())

        self._session.get(
            key,
            _direct(on_reply, lambda: reply(None)),
            payload=body,
            timeout=timeout_s,
            congestion_control=zenoh.CongestionControl.BLOCK,
            priority=zenoh.Priority.INTERACTIVE_HIGH,
            consolidation=zenoh.ConsolidationMode.NONE,
            allowed_destination=zenoh.Locality.REMOTE,
        )

    def links(self) -> list[tuple[str, str]]:
        """The links there are: the name in the other side's certificate, and the id of its session."""
        if self._session is None:
            return []
        return [(link.auth_identifier or "", str(link.zid)) for link in self._session.info.links()]

    def close(self) -> None:
        """Close it, with everything declared."""
        session, self._session = self._session, None
        self._publishers = {}
        if session is not None:
            session.close()  # type: ignore[no-untyped-call]


def _pump(said: Any, heard: Heard) -> None:
    """Take what a subscriber gets, at most `_BATCH` messages at once, until the session is closed.

    While messages come thick and fast it waits a moment before each batch: waking threads costs more than they do.
    """
    import zenoh

    many = False
    while True:
        try:
            sample = said.recv()
            if many:
                time.sleep(_MOMENT_S)
            batch = []
            while sample is not None:
                batch.append((str(sample.key_expr), sample.payload.to_bytes()))
                sample = said.try_recv() if len(batch) < _BATCH else None
        except zenoh.ZError:  # closed
            return
        many = len(batch) >= _MANY
        try:
            heard(batch)
        except Exception:
            log.exception("what came over the mesh could not be taken")


def _direct(callback: Callable[[Any], None], drop: Callable[[], None] | None = None) -> Any:
    from zenoh.handlers import Callback

    def guarded(item: Any) -> None:
        try:
            callback(item)
        except Exception:  # Zenoh would print it and go on
            log.exception("what came over the mesh could not be taken")

    return Callback(guarded, drop, indirect=False)


def _reply(query: "zenoh.Query", key: str, packed: bytes) -> None:
    with query:
        query.reply(key, packed)
