"""A hub's head of one kind, with its examples and what is kept of it on disk."""

from collections.abc import Callable

import msgspec
import numpy as np
import structlog
from numpy.typing import ArrayLike

from hub.core.clock import Clock, SystemClock
from hub.core.errors import NotFoundError
from hub.learning.examples import Examples
from hub.learning.federated.kept_heads import KeptHead, KeptHeads
from hub.learning.federated.pupil import Report
from hub.learning.federated.trial import Trial
from hub.learning.head import Head, Material
from hub.learning.kinds import KINDS
from hub.learning.labels import Verdict, from_use

log = structlog.get_logger(__name__)


class HomePupil:
    """A `Pupil` that lasts. Make it with `HomePupil.open`; `changed` is told of each head that comes into use."""

    def __init__(
        self,
        head: Head,
        examples: Examples,
        heads: KeptHeads,
        *,
        clock: Clock | None = None,
        canaries: Material | None = None,
        rehearsed: Material | None = None,
        changed: Callable[[Head], None] = lambda _: None,
    ) -> None:
        self.round = 0
        self._first = head
        self.shared = self.own = head
        self.canaries, self.rehearsed = canaries, rehearsed
        self.trial: Trial | None = None
        self._examples, self._heads = examples, heads
        self._clock = clock or SystemClock()
        self._changed = changed

    @classmethod
    async def open(
        cls,
        kind: str,
        examples: Examples,
        heads: KeptHeads,
        *,
        clock: Clock | None = None,
        canaries: Material | None = None,
        rehearsed: Material | None = None,
        changed: Callable[[Head], None] = lambda _: None,
    ) -> "HomePupil":
        """The pupil of a kind, with what it has learnt. Raises `NotFoundError` for a kind that nothing learns."""
        known = KINDS.get(kind)
        if known is None or known.head is None:
            raise NotFoundError(f"nothing learns {kind!r}", remedy="kinds with a head are gesture and presence")
        known_examples = {"canaries": canaries, "rehearsed": rehearsed}
        pupil = cls(known.head(), examples, heads, clock=clock, changed=changed, **known_examples)
        kept = await heads.read(kind)
        shapes = [weight.shape for weight in pupil.shared.open]
        if kept is not None and [w.shape for w in kept.shared] == [w.shape for w in kept.own] == shapes:
            pupil.round = kept.round
            pupil.own, pupil.shared = pupil.shared.with_open(kept.own), pupil.shared.with_open(kept.shared)
            changed(pupil.own)
        return pupil

    async def material(self) -> tuple[Material, Material]:
        """The examples to learn from, and those held out. Raises `StoreError`."""
        return await self._examples.material(self.shared.kind)

    async def keep(self, number: int, shared: Head, own: Head, report: Report | None) -> None:
        """Keep both heads; a new one of this hub is on trial from now on. Raises `StoreError`."""
        if own is not self.own:
            # A head that comes while one is on trial is judged by what was in use before both.
            tried = self.trial is not None and not self.trial.over
            self.trial = Trial(self.trial.before if tried and self.trial else self.own, own, self._clock)
        kind = shared.kind
        reports = await self._reports()
        if report is not None:
            reports = (*reports, msgspec.structs.replace(report, at=self._clock.now()))
        await self._heads.write(kind, KeptHead(number, shared.open, own.open, reports))
        self.round, self.shared, self.own = number, shared, own
        self._changed(own)

    def begin_again(self) -> None:
        """Use the head that came with the hub: what was learnt is forgotten. The disk is the caller's business."""
        self.round, self.trial = 0, None
        self.shared = self.own = self._first
        self._changed(self.own)

    async def told(self, features: ArrayLike, said: str, verdict: Verdict) -> None:
        """Use has told whether `said` was right of these features: keep the example, and judge the head by it.

        Raises `StoreError`, `ValueRefusedError`.
        """
        labelled = from_use(self.shared.kind, said, verdict)
        if labelled is None:
            return
        await self._examples.add(self.shared.kind, features, labelled.label, labelled.weight)
        if self.trial is None or self.trial.over:
            self.trial = None
            return
        vector = np.asarray(features, np.float32).reshape(-1)
        if self.trial.lost(vector, self.shared.labels.index(labelled.label)):
            before, self.trial = self.trial.before, None
            log.warning("the new head does worse than the one before, which is in use again", kind=self.shared.kind)
            await self._put_back(before)

    async def _put_back(self, own: Head) -> None:
        reports = await self._reports()
        await self._heads.write(self.shared.kind, KeptHead(self.round, self.shared.open, own.open, reports))
        self.own = own
        self._changed(own)

    async def _reports(self) -> tuple[Report, ...]:
        kept = await self._heads.read(self.shared.kind)
        return kept.reports if kept else ()
