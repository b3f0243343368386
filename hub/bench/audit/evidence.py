"""`Evidence`: what a hub that was given the canaries left behind, for the checks to judge."""

from pathlib import Path

from msgspec import Struct, field

from hub.bench.audit.processes import Worker
from hub.bench.audit.trace import Canary
from hub.store.ledger import LedgerRow


class Told(Struct, frozen=True):
    """An event of the hub's bus: its name, and all of it as JSON."""

    name: str
    data: bytes


class Evidence(Struct, kw_only=True):
    """Filled by `hub.bench.audit.trial`."""

    root: Path
    """The home's directory."""
    sound: Canary
    picture: Canary | None = None
    blind: str = ""
    """Why there was no picture."""
    deaf: bool = False
    """Whether there were no ears."""
    heard: str = ""
    """What the ears made of the sound, empty when they heard nothing."""
    looked: bool = False
    """Whether the eyes found the hand in the picture."""
    page: Canary | None = None
    """The picture as a page sent it, decoded; what it was before, and on the way, is in `picture`."""
    page_looked: bool = False
    """Whether the eyes found the hand in it."""
    events: list[Told] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    """What was found in the home's files while the hub ran."""
    told_sealed: dict[str, bool] = field(default_factory=dict)
    """Worker -> whether it says that its bars hold."""
    workers: list[Worker] = field(default_factory=list)
    received: bytes = b""
    """All that the hub sent to the one satellite that it had; `port` is that one's, on this machine."""
    port: int = 0
    cut_off: bool = False
    """Whether that connection broke, so that some of it may not have come."""
    rows: list[LedgerRow] = field(default_factory=list)
    places: set[tuple[str, int]] = field(default_factory=set)
    """Addresses and ports that the hub's processes connected to, whatever its ledger says."""
    names: set[str] = field(default_factory=set)
    packets: list[bytes] | None = None
    """What left this machine meanwhile; None where that may not be read."""
    more_packets: bool = False
    update: bytes = b""
    """What the hub would send in a round of learning from what it saw."""
    learnt_from_it: bool = False
    """Whether that update was made of the canary's own hand as well."""

    @property
    def canaries(self) -> list[Canary]:
        """The canaries that the hub was given."""
        return [canary for canary in (self.sound, self.picture, self.page) if canary is not None]
