"""One Zenoh session: what it subscribes to, answers and declares, and nothing of what that means."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from hub.core.errors import UnavailableError
from hub.swarm.access import key_alive
from hub.swarm.zenoh_config import configuration

if TYPE_CHECKING:
    import zenoh

log = structlog.get_logger(__name__)
Heard = Callable[[str, bytes], None]
"""Takes a message's key and body, on one of Zenoh's threads."""
Asked = Callable[[str, bytes, Callable[[bytes], None]], None]
"""Takes a question's key and body, and what sends the answer (it may block)."""
Token = Callable[[str, bool], None]
"""Takes the key of a liveliness token, and whether it came or went."""


class Session:
    """A session of hub `hub` in home `home`. Opening, closing and sending block: keep them off the event loop."""

    def __init__(self, home: str, hub: str) -> None:
        self._home = home
        self._hub = hub
        self._session: zenoh.Session | None = None

    def open(self, settings: dict[str, Any], heard: Heard, asked: Asked, token: Token) -> None:
        """Open it and declare everything. Raises `UnavailableError` when Zenoh cannot listen or will not have it."""
        import zenoh

        try:
            session = zenoh.open(configuration(settings))
        except zenoh.ZError as error:
            raise UnavailableError(
                f"the mesh cannot be opened: {error}", remedy="is its port free, and is the home's certificate valid?"
            ) from error
        self._session = session

        def on_sample(sample: "zenoh.Sample") -> None:
            heard(str(sample.key_expr), sample.payload.to_bytes())

        def on_query(query: "zenoh.Query") -> None:
            key = str(query.key_expr)
            body = query.payload.to_bytes() if query.payload is not None else b""
            asked(key, body, lambda packed: _reply(query, key, packed))

        def on_token(sample: "zenoh.Sample") -> None:
            token(str(sample.key_expr), sample.kind == zenoh.SampleKind.PUT)

        # Directly on Zenoh's threads: otherwise each of these gets one more thread and one more queue.
        for way in ("all/*", f"to/{self._hub}/*"):
            session.declare_subscriber(f"hearth/{self._home}/*/{way}", _direct(on_sample))
        session.declare_queryable(f"hearth/{self._home}/*/ask/{self._hub}/*", _direct(on_query))
        session.liveliness().declare_subscriber(f"hearth/{self._home}/*/alive", _direct(on_token), history=True)
        self._token = session.liveliness().declare_token(key_alive(self._home, self._hub))

    def put(self, key: str, body: bytes, *, urgent: bool) -> None:
        """Send a message. An urgent one waits for a slow link, others are dropped there."""
        import zenoh

        if self._session is not None:
            self._session.put(
                key,
                body,
                congestion_control=zenoh.CongestionControl.BLOCK if urgent else zenoh.CongestionControl.DROP,
                priority=zenoh.Priority.INTERACTIVE_HIGH if urgent else zenoh.Priority.DATA_LOW,
                allowed_destination=zenoh.Locality.REMOTE,
            )

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
        if session is not None:
            session.close()  # type: ignore[no-untyped-call]


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
