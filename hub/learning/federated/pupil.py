"""What a round needs of a hub: its head of one kind, and its examples."""

from typing import Literal, Protocol

from msgspec import Struct

from hub.learning.head import Head, Material

Outcome = Literal["merged", "own", "alone", "given up"]


class Report(Struct, frozen=True, kw_only=True):
    """What came of a round for one hub.

    `merged`: the hub uses what was learnt together. `own`: that was worse here, and the hub uses its own. `alone`:
    nothing was sent, and the hub learnt by itself. `given up`: nothing has changed. `before` and `after` are losses in
    nats on the hub's held-out examples, `right` and `right_before` how many of these `held` examples it got right.
    `at`: when it was kept, UTC seconds.
    """

    kind: str
    round: int
    outcome: Outcome
    reason: str = ""
    members: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    out: tuple[str, ...] = ()
    held: int = 0
    before: float = 0.0
    after: float = 0.0
    right_before: int = 0
    right: int = 0
    bytes_sent: int = 0
    at: float = 0.0


class Pupil(Protocol):
    """One kind of head of a hub.

    `shared` is what all hubs learn on, the result of round `round` (0: what every hub begins with). `own` is what this
    hub uses: the shared one, or a better one of its own. `canaries` and `rehearsed` are known examples that every hub
    has: the first to judge by, the others to learn among its own.
    """

    @property
    def round(self) -> int:
        """The last round that `shared` is the result of."""
        ...

    @property
    def shared(self) -> Head:
        """The head that the hubs have in common."""
        ...

    @property
    def own(self) -> Head:
        """The head that this hub uses."""
        ...

    @property
    def canaries(self) -> Material | None:
        """Known examples to judge by, or none."""
        ...

    @property
    def rehearsed(self) -> Material | None:
        """Other known examples, to learn from, or none."""
        ...

    async def material(self) -> tuple[Material, Material]:
        """The examples to learn from, and those held out to judge by."""
        ...

    async def keep(self, number: int, shared: Head, own: Head, report: Report | None) -> None:
        """Keep both heads as of round `number`, and how the round went."""
        ...


class PlainPupil:
    """A pupil in memory: for the bench, the demo and tests."""

    def __init__(self, head: Head, learn_from: Material, held: Material, canaries: Material | None = None) -> None:
        self.round = 0
        self.shared = self.own = head
        self.canaries = canaries
        self.rehearsed: Material | None = None
        self.reports: list[Report] = []
        self._material = (learn_from, held)

    async def material(self) -> tuple[Material, Material]:
        """What it was made with."""
        return self._material

    async def keep(self, number: int, shared: Head, own: Head, report: Report | None) -> None:
        """Keep them."""
        self.round, self.shared, self.own = number, shared, own
        if report is not None:
            self.reports.append(report)
