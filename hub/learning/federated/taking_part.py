"""One round at a hub that takes part: learns, sends its update to whoever leads, and judges what comes back."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import numpy as np
import structlog

from hub.core.errors import HearthError
from hub.learning.federated.aggregate import added, norm
from hub.learning.federated.arrays import Frame, pack
from hub.learning.federated.aside import aside
from hub.learning.federated.checks import UpdateRefusedError, check_arrays
from hub.learning.federated.collect import Terms
from hub.learning.federated.gate import Exam, examine, no_worse
from hub.learning.federated.local import Plan, check_untraceable, learn
from hub.learning.federated.messages import OK, Invite, Kept, Offer, Receipt, Result, Roster, decode, encode
from hub.learning.federated.pupil import Outcome, Pupil, Report
from hub.learning.head import Head, Material
from hub.learning.network import Weights
from hub.swarm.ports import Mesh

log = structlog.get_logger(__name__)
_PATIENCE: Final = 2.5
"""A member waits so many of the leader's deadlines: for the others' updates, their votes, and the way back."""

Hand = Callable[[str, str, bytes], Awaitable[bytes]]
"""Hands a body of a topic to a hub, which may be this one; its answer."""


class TakingPart:
    """A hub's part in one round. `run` returns when the round is over for it; so does `ended`, whatever happens."""

    def __init__(
        self, mesh: Mesh, hand: Hand, pupil: Pupil, roster: Roster, terms: Terms, plan: Plan, rng: np.random.Generator
    ) -> None:
        self.roster = roster
        self.base = pupil.shared
        self._mesh, self._hand, self._pupil = mesh, hand, pupil
        self._terms, self._plan, self._rng = terms, plan, rng
        self._leader = ""
        self._learned: Weights | None = None
        self._sent = 0
        self._over: asyncio.Future[Report] = asyncio.get_running_loop().create_future()

    @property
    def over(self) -> bool:
        """Whether this round has ended here."""
        return self._over.done()

    async def run(self) -> Report:
        """Learn, send, wait and judge."""
        try:
            return await self._run()
        finally:
            # However it ends, nobody shall wait for it for ever.
            self._end(self._report("given up", "the round could not be held here"))

    async def _run(self) -> Report:
        try:
            body = await self._update()
        except HearthError as error:
            log.warning("this hub sends no update", round=self.roster.round, reason=str(error))
            await self._withdraw()
            report = await self._alone(str(error))
        else:
            report = await self._with_leaders(body)
        self._end(report)
        return self._over.result()

    async def ended(self) -> Report:
        """Return when the round is over here."""
        return await asyncio.shield(self._over)

    async def _update(self) -> bytes:
        """The update as it is sent; `TooFewExamplesError` or `TraceableError` when none may be."""
        learn_from, _ = await self._pupil.material()
        base, rehearsed = self.base, self._pupil.rehearsed

        def made() -> Weights:
            change = learn(base, learn_from, self._rng, self._plan, rehearsed)
            check_untraceable(base, learn_from, change)
            return change

        self._learned = await aside(made)
        offer = Offer(self.roster.kind, self.roster.round, self.roster.base, float(len(learn_from)))
        return pack(encode(offer), self._learned, int8=self._terms.int8)

    async def _withdraw(self) -> None:
        """Tell who leads that nothing will come, so that nobody waits."""
        said = encode(Invite(self.roster.kind, self.roster.round))
        with contextlib.suppress(HearthError, TimeoutError):
            await self._hand(self.roster.order[0], "learn-absent", said)

    async def _with_leaders(self, body: bytes) -> Report:
        reason = "no hub that could lead the round was there to its end"
        for leader in self.roster.order:
            if leader != self._mesh.hub and leader not in self._mesh.alive():
                continue
            self._leader = leader
            try:
                receipt = decode(await self._hand(leader, "learn-update", body), Receipt)
            except (HearthError, TimeoutError) as error:
                reason = str(error)
                continue
            self._sent += len(body) if leader != self._mesh.hub else 0
            if receipt.code != OK:
                log.warning("this hub's update was refused", round=self.roster.round, reason=receipt.reason)
                return await self._alone(f"this hub's update was refused: {receipt.reason}")
            if await self._wait(leader):
                return self._over.result()
            reason = f"{leader} did not end the round"
        return await self._alone(reason)

    async def _wait(self, leader: str) -> bool:
        """Wait until the round is over; False when its leader has gone or the time is up."""
        gone = asyncio.Event()
        stop = self._mesh.watch(lambda alive: gone.set() if leader not in alive | {self._mesh.hub} else None)
        if leader not in self._mesh.alive() | {self._mesh.hub}:
            gone.set()
        left: asyncio.Future[Any] = asyncio.ensure_future(gone.wait())
        try:
            patience = self._terms.deadline_s * _PATIENCE
            await asyncio.wait([self._over, left], timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop()
            left.cancel()
        return self._over.done()

    async def result(self, sender: str, result: Result, frame: Frame) -> Kept:
        """Judge what the round's leader sends, and end the round here. Raises `UpdateRefusedError`."""
        if sender != self._leader or self.over:
            return Kept(False, "this hub waits for no result of yours")
        if result.reason:
            self._end(await self._alone(result.reason))
            return Kept(False, result.reason)
        change = check_arrays(frame, self.base.shapes)
        if norm(change) > self._terms.most_norm:
            raise UpdateRefusedError("the result is far longer than an update can be")
        report, shared, own = await self._judged(result, self.base.with_open(added(self.base.open, change)))
        if not self._end(report):
            return Kept(False, "the round is over")
        await self._pupil.keep(self.roster.round, shared, own, report)
        return Kept(report.outcome == "merged", report.reason)

    async def _judged(self, result: Result, shared: Head) -> tuple[Report, Head, Head]:
        _, held = await self._pupil.material()
        own, canaries = self._pupil.own, self._pupil.canaries

        def judged() -> tuple[str, Exam, Exam]:
            before, best = self._best_own(own, held, canaries)
            offered = examine(shared, held, canaries)
            reason = no_worse(best, offered)
            return reason, before, best if reason else offered

        reason, before, kept = await aside(judged)
        report = self._report("own" if reason else "merged", f"the merged head {reason}" if reason else "")
        counted = msgspec.structs.replace(report, counted=result.counted, out=result.out)
        return _measured(counted, before, kept), shared, kept.head

    def _best_own(self, own: Head, held: Material, canaries: Material | None) -> tuple[Exam, Exam]:
        """What this hub has, and what it would use without the others: that, or what it has learnt just now."""
        before = examine(own, held, canaries)
        if self._learned is None:
            return before, before
        learned = examine(self.base.with_open(added(self.base.open, self._learned)), held, canaries)
        return before, before if no_worse(before, learned) else learned

    async def _alone(self, reason: str) -> Report:
        """The round came to nothing. What this hub has learnt is kept all the same where that is better."""
        _, held = await self._pupil.material()
        own = self._pupil.own
        before, best = await aside(self._best_own, own, held, self._pupil.canaries)
        outcome: Outcome = "given up" if best is before else "alone"
        report = _measured(self._report(outcome, reason), before, best)
        await self._pupil.keep(self._pupil.round, self._pupil.shared, best.head, report)
        return report

    def _end(self, report: Report) -> bool:
        """End the round here; False when it has ended meanwhile."""
        if self._over.done():
            return False
        self._over.set_result(report)
        return True

    def _report(self, outcome: Outcome, reason: str) -> Report:
        return Report(
            kind=self.roster.kind,
            round=self.roster.round,
            outcome=outcome,
            reason=reason,
            members=self.roster.members,
            bytes_sent=self._sent,
        )


def _measured(report: Report, before: Exam, after: Exam) -> Report:
    return msgspec.structs.replace(
        report,
        held=len(after.held.y),
        before=before.held.loss,
        after=after.held.loss,
        right_before=before.held.count,
        right=after.held.count,
    )
