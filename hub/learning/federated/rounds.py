"""A hub that learns with others: begins rounds, leads those that fall to it, and takes part in the others'."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import numpy as np
import structlog

from hub.core.cancelled import cancelled
from hub.core.clock import Clock, SystemClock
from hub.core.errors import HearthError, NotFoundError, ProtocolError, UnavailableError
from hub.learning.federated.alone import learn_alone
from hub.learning.federated.arrays import unpack
from hub.learning.federated.aside import aside, logged
from hub.learning.federated.catching_up import head_frame, take_over
from hub.learning.federated.checks import UpdateRefusedError, check_arrays
from hub.learning.federated.collect import Collector, Terms
from hub.learning.federated.gate import harmful
from hub.learning.federated.handing import handed
from hub.learning.federated.leading import Leading
from hub.learning.federated.local import Plan, TooFewExamplesError, enough
from hub.learning.federated.messages import (
    CONFLICT,
    OK,
    UNUSABLE,
    Ballot,
    Begin,
    Invite,
    Offer,
    Receipt,
    Result,
    Roster,
    Standing,
    Vote,
    decode,
    encode,
    rendezvous,
)
from hub.learning.federated.promises import Promises, RosterRefusedError
from hub.learning.federated.pupil import Pupil, Report
from hub.learning.federated.scores import Scores
from hub.learning.federated.taking_part import TakingPart
from hub.swarm.ports import Bulk, Mesh

log = structlog.get_logger(__name__)
_TRIES: Final = 8
_ASK_S: Final = 10.0
_KEPT_ROUNDS: Final = 8


class Learner:
    """This hub's part in the home's rounds.

    `pupils` are its heads by kind. Close it with `close`; until then it answers other hubs.
    """

    def __init__(
        self,
        mesh: Mesh,
        bulk: Bulk,
        pupils: Mapping[str, Pupil],
        *,
        terms: Terms | None = None,
        plan: Plan | None = None,
        clock: Clock | None = None,
        seed: int = 0,
        identity: Callable[[str], str] = lambda hub: hub,
    ) -> None:
        self.scores = Scores()
        self._mesh, self._bulk, self._pupils = mesh, bulk, pupils
        self._terms, self._plan = terms or Terms(), plan or Plan()
        self._promises = Promises(mesh.hub, self._terms.least_members, clock or SystemClock())
        self._rng = np.random.default_rng(seed)
        self._identity = identity
        self._parts: dict[tuple[str, int], TakingPart] = {}
        self._leads: dict[tuple[str, int], Leading] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._topics = {
            "learn-begin": self._on_begin, "learn-invite": self._on_invite, "learn-roster": self._on_roster,
            "learn-update": self._on_update, "learn-ballot": self._on_ballot, "learn-result": self._on_result,
            "learn-head": self._on_head, "learn-absent": self._on_absent,
        }  # fmt: skip
        asked = ("learn-begin", "learn-invite", "learn-roster")
        self._ends = [(mesh.answer if t in asked else bulk.take)(t, answer) for t, answer in self._topics.items()]

    async def close(self) -> None:
        """Answer no more, and give up what is under way."""
        for end in self._ends:
            end()
        await cancelled(*self._tasks)

    async def begin(self, kind: str) -> Report:
        """Have a round of this kind held, whoever leads it; what came of it here. Without enough hubs, learn alone.

        Raises `NotFoundError` for a kind that is not learnt, `UnavailableError` when no hub would lead.
        """
        last, reason = self._pupil(kind).round, ""
        for _ in range(_TRIES):
            number = last + 1
            leader = rendezvous(number, self._mesh.alive() | {self._mesh.hub})[0]
            try:
                answer = await self._ask(leader, "learn-begin", encode(Begin(kind, number)))
                receipt = decode(answer, Receipt)
            except (HearthError, TimeoutError) as error:
                # Another number has another leader, so that a hub that hangs cannot stop all learning.
                last, reason = number, str(error)
                continue
            if receipt.code == CONFLICT:
                last, reason = max(receipt.round, number), receipt.reason
                continue
            part = self._parts.get((kind, number))
            if receipt.code != OK or part is None:
                reason = receipt.reason or "this hub has too few examples to take part"
                rng = self._rng.spawn(1)[0]
                return await learn_alone(self._pupil(kind), self._plan, rng, number=number, reason=reason)
            return await part.ended()
        raise UnavailableError(f"no hub leads a round of {kind}: {reason}", remedy="try again in a minute")

    # -- what a round's leader does ------------------------------------------------------------------------------------

    async def _on_begin(self, _sender: str, body: bytes) -> bytes:
        begin = decode(body, Begin)
        pupil = self._pupil(begin.kind)
        if begin.round <= pupil.round or (begin.kind, begin.round) in self._leads:
            return encode(Receipt(CONFLICT, "that round has been", max(pupil.round, begin.round)))
        standings = await self._standings(Invite(begin.kind, begin.round))
        newest = max(standings.values(), key=lambda s: (s.round, s.base))
        if newest.round >= begin.round:
            return encode(Receipt(CONFLICT, "that round has been", newest.round))
        if newest.base != pupil.shared.base:
            hub = next(h for h, s in standings.items() if s.base == newest.base)
            await self._catch_up(begin.kind, hub, newest.base, newest.round)
        members = tuple(sorted(hub for hub, standing in standings.items() if standing.ready))
        if len(members) < self._terms.least_members:
            hubs = "1 hub" if len(members) == 1 else f"{len(members)} hubs"
            text = f"{hubs} can take part, {self._terms.least_members} are needed: nothing was sent"
            return encode(Receipt(UNUSABLE, text))
        order = rendezvous(begin.round, members)
        order = (self._mesh.hub, *(h for h in order if h != self._mesh.hub))
        roster = Roster(begin.kind, begin.round, pupil.shared.base, members, order)
        leading = await self._lead(roster)
        await asyncio.gather(*(self._call(hub, roster, leading) for hub in members))
        return encode(Receipt(OK))

    async def _standings(self, invite: Invite) -> dict[str, Standing]:
        async def one(hub: str) -> Standing | None:
            try:
                return decode(await self._ask(hub, "learn-invite", encode(invite)), Standing)
            except (HearthError, TimeoutError):
                return None

        hubs = sorted(self._mesh.alive() | {self._mesh.hub})
        found = await asyncio.gather(*(one(hub) for hub in hubs))
        return {hub: standing for hub, standing in zip(hubs, found, strict=True) if standing is not None}

    async def _call(self, hub: str, roster: Roster, leading: Leading) -> None:
        try:
            receipt = decode(await self._ask(hub, "learn-roster", encode(roster)), Receipt)
        except (HearthError, TimeoutError) as error:
            receipt = Receipt(CONFLICT, str(error))
        if receipt.code != OK:
            log.info("a hub does not take part", hub=hub, round=roster.round, reason=receipt.reason)
            leading.absent(hub)

    async def _lead(self, roster: Roster) -> Leading:
        """Lead a round from now on; at most once."""
        key = (roster.kind, roster.round)
        if key not in self._leads:
            pupil = self._pupil(roster.kind)
            learn_from, _ = await pupil.material()
            collector = Collector(
                roster,
                pupil.shared.shapes,
                self._terms,
                own_examples=len(learn_from),
                scores=self.scores,
                identity=self._identity,
            )
            leading = Leading(self._mesh, self._hand, collector, self._terms)
            if self._leads.setdefault(key, leading) is leading:
                self._start(leading.run())
        return self._leads[key]

    async def _on_update(self, sender: str, body: bytes) -> bytes:
        try:
            offer = decode(unpack(body).about, Offer)
        except ProtocolError as error:
            self.scores.lower(sender)
            return encode(Receipt(UNUSABLE, error.message))
        key = (offer.kind, offer.round)
        part = self._parts.get(key)
        if key not in self._leads and (part is None or part.over or self._mesh.hub not in part.roster.order):
            return encode(Receipt(CONFLICT, f"round {offer.round} is not under way here"))
        if key not in self._leads and part is not None:
            if sender not in part.roster.members:
                return encode(Receipt(CONFLICT, "this hub is not on the round's roster"))
            await self._lead(part.roster)  # the one before this has gone
        return encode(self._leads[key].take(sender, body))

    async def _on_absent(self, sender: str, body: bytes) -> bytes:
        told = decode(body, Invite)
        leading = self._leads.get((told.kind, told.round))
        if leading is not None:
            leading.absent(sender)
        return b""

    # -- what a member does --------------------------------------------------------------------------------------------

    async def _on_invite(self, _sender: str, body: bytes) -> bytes:
        invite = decode(body, Invite)
        pupil = self._pupils.get(invite.kind)
        if pupil is None:
            return encode(Standing(False, 0, "", "this hub does not learn that"))
        learn_from, _ = await pupil.material()
        try:
            enough(learn_from)
        except TooFewExamplesError as error:
            return encode(Standing(False, pupil.round, pupil.shared.base, error.message))
        return encode(Standing(True, pupil.round, pupil.shared.base))

    async def _on_roster(self, sender: str, body: bytes) -> bytes:
        roster = decode(body, Roster)
        pupil, key = self._pupil(roster.kind), (roster.kind, roster.round)
        if roster.round <= pupil.round or key in self._parts:
            return encode(Receipt(CONFLICT, "that round has been", pupil.round))
        try:
            self._promises.check(sender, roster, self._mesh.alive())
            if roster.base != pupil.shared.base:
                await self._catch_up(roster.kind, sender, roster.base, roster.round - 1)
        except (RosterRefusedError, UpdateRefusedError) as error:
            log.warning("this hub does not take part in a round", round=roster.round, reason=str(error))
            return encode(Receipt(CONFLICT, error.message, pupil.round))
        self._promises.given(roster)
        part = TakingPart(self._mesh, self._hand, pupil, roster, self._terms, self._plan, self._rng.spawn(1)[0])
        self._parts[key] = part
        self._start(part.run())
        self._forget()
        return encode(Receipt(OK))

    async def _on_ballot(self, sender: str, body: bytes) -> bytes:
        frame = unpack(body)
        ballot = decode(frame.about, Ballot)
        part = self._parts.get((ballot.kind, ballot.round))
        if part is None or sender not in part.roster.order or not set(ballot.members) <= set(part.roster.members):
            raise UpdateRefusedError("this hub votes in no such round", CONFLICT)
        if len(ballot.weights) != len(ballot.members) or not all(0 < w < 1e9 for w in ballot.weights):
            raise UpdateRefusedError("the ballot's weights are none")
        count = len(part.base.shapes)
        changes = check_arrays(frame, part.base.shapes * len(ballot.members))
        updates = [changes[n : n + count] for n in range(0, len(changes), count)]
        _, held = await self._pupil(ballot.kind).material()
        out = await aside(harmful, part.base, updates, ballot.weights, held, rule=self._terms.rule)
        return encode(Vote(tuple(ballot.members[n] for n in sorted(out))))

    async def _on_result(self, sender: str, body: bytes) -> bytes:
        frame = unpack(body)
        result = decode(frame.about, Result)
        part = self._parts.get((result.kind, result.round))
        if part is None:
            raise UpdateRefusedError("this hub takes part in no such round", CONFLICT)
        return encode(await part.result(sender, result, frame))

    async def _on_head(self, _sender: str, body: bytes) -> bytes:
        return head_frame(self._pupil(decode(body, Invite).kind))

    async def _catch_up(self, kind: str, hub: str, base: str, number: int) -> None:
        await take_over(
            self._pupil(kind), await self._hand(hub, "learn-head", encode(Invite(kind, number))), base, number
        )

    # -- the way to other hubs -----------------------------------------------------------------------------------------

    async def _ask(self, hub: str, topic: str, body: bytes) -> bytes:
        if hub == self._mesh.hub:
            return await self._topics[topic](hub, body)
        return await self._mesh.ask(hub, topic, body, timeout_s=_ASK_S)

    async def _hand(self, hub: str, topic: str, body: bytes) -> bytes:
        if hub == self._mesh.hub:
            return await self._topics[topic](hub, body)
        return await handed(self._mesh, self._bulk, hub, topic, body, timeout_s=self._terms.deadline_s)

    def _pupil(self, kind: str) -> Pupil:
        pupil = self._pupils.get(kind)
        if pupil is None:
            raise NotFoundError(f"this hub does not learn {kind!r}", remedy=f"it learns {', '.join(self._pupils)}")
        return pupil

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _forget(self) -> None:
        for table in (self._parts, self._leads):
            while len(table) > _KEPT_ROUNDS:
                del table[next(iter(table))]
