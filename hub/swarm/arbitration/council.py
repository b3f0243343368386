"""Who answers: the rules, without a clock, a network or a task, so that ten thousand wake words take seconds to try.

A hub that hears a wake word tells all; whoever is told claims too, declines, or says that it hears the like and may
still claim. The strongest claim wins as soon as every live hub has said its word, or when `Waits` is over. What a
message does not say again is asked for again, and every message passes on the claims that its sender knows, so that
hubs decide on the same claims though some were lost. A winner says that it answers: a hub that did not know of it gives
way, and of two that answer the weaker does. A winner that stays silent is passed over after `_SILENT_S`.
"""

from collections.abc import Callable
from typing import Final

from hub.swarm.arbitration.claims import Answers, Claim, Ended, Key, Message, Say
from hub.swarm.arbitration.contest import Contest, Decided, Stage
from hub.swarm.arbitration.promises import Hears, Promises
from hub.swarm.arbitration.sounds import FORGET_S
from hub.swarm.arbitration.waits import MOST_S, Waits

_SILENT_S: Final = 0.15
_ESTABLISHED_S: Final = 0.3
"""Who has answered for this long goes on; who could do nothing for this long (its machine slept) does not answer."""
_TELL_AT_S: Final = (0.006, 0.012, 0.02, 0.03, 0.045, 0.07)
"""When a winner says again that it answers, to those who claimed and do not confirm that they know."""
_LAME_S: Final = 0.01
_AT_FIRST_S: Final = 0.04
_FORGETS: Final = 0.99
"""Of how slow the slowest answer was, with each answer: a machine that was busy once will be again."""
NEVER: Final = float("inf")


class Council(Promises):
    """A hub's seat. Call `tick` by `due`; take messages from `outbox` (hub or "" for all) and decisions from `news`."""

    def __init__(
        self, hub: str, *, offset: Callable[[str], float | None], hears: Hears, waits: Callable[[], Waits]
    ) -> None:
        """`offset(hub)`: how far a hub's monotonic clock is ahead of this one's, None when unknown."""
        super().__init__(hub, hears=hears, waits=waits)
        self.news: list[Decided] = []
        self.slowest_s = _AT_FIRST_S
        """The slowest answer of the last few, which a busy hub makes slower than an empty round trip."""
        self._offset = offset
        self._perhaps: dict[Key, float | None] = {}
        self._worked = 0.0

    # -- what happens ------------------------------------------------------------------------------------------------

    def woke(self, claim: Claim, now: float) -> None:
        """A stream of this hub heard a wake word."""
        self._resume(now)
        self._clear(now)
        self.sounds.place(claim, 0.0, now)
        group = self._group(claim.key)
        contest = Contest(key=claim.key, began=now, again=now + self._waits().again)
        self.contests[claim.key] = contest
        answered = self._answered(group)
        closed = [c for k in group if (c := self.contests.get(k)) is not None and c.stage is not Stage.OPEN]
        if answered is not None or closed or not self._declined.isdisjoint(group):
            owner = answered or next((c.owner for c in closed if c.owner is not None), None)
            contest.confirmed = contest.late = True
            self._close(contest, owner or self._strongest(group - {claim.key}), now)
            return
        self._claimed(group)
        self._note_own(contest, now)
        self._tell(contest, "", asks=1, now=now)
        self._look(now)

    def take(self, sender: str, message: Message, now: float) -> None:
        """A message came."""
        if isinstance(message, Ended):
            return
        self._resume(now)
        claims = (message.claim,) if isinstance(message, Answers) else message.claims
        for claim in claims:
            known = self._offset(claim.hub)
            by_arrival = message.now - now if claim.hub == sender else None
            offset = known if known is not None else by_arrival
            if claim.hub != self.hub and claim.hub in {sender, *self.alive} and offset is not None:
                self.sounds.place(claim, offset, now)
        if isinstance(message, Answers):
            self._answers(message, now)
        else:
            self._said(sender, message, now)
        self._look(now)

    def live(self, alive: frozenset[str], now: float) -> None:
        """These other hubs can be reached now."""
        self._resume(now)
        self.alive = alive
        self._look(now)

    def tick(self, now: float) -> None:
        """Do what is due."""
        self._resume(now)
        self._keep_promises(now)
        for contest in tuple(self.contests.values()):
            if contest.telling and contest.telling[0] <= now:
                self._tell_again(contest, now)
            if contest.again <= now:
                self._overslept(contest, now)
                self._ask_again(contest, now)
        self._look(now)

    def judged(self, now: float) -> None:
        """Ears that may have had a word to come (`hears`) may not: hubs that wait for it are told."""
        self._resume(now)
        self._keep_promises(now)
        for contest in self.contests.values():
            if contest.stage is Stage.OPEN:
                self._note_own(contest, now)
        self._look(now)

    def due(self) -> float:
        """When `tick` is wanted next."""
        moments = self._promised()
        for contest in self.contests.values():
            moments += contest.telling[:1]
            if contest.stage is Stage.OPEN:
                moments += [contest.again, self._deadline(contest)]
            elif contest.again < NEVER:
                moments += [contest.again, self._silent_at(contest)]
        return min(moments, default=NEVER)

    def answer_instead(self, claim: Claim, instead: Key, now: float) -> None:
        """A claim of this hub is answered in place of another: its hub handed over."""
        self._moved(instead, claim.key)
        self._answering[claim.key] = claim
        contest = self.contests.get(claim.key)
        if contest is not None:
            contest.stage, contest.owner, contest.confirmed = Stage.WON, claim.key, True
            contest.decided, contest.again, contest.telling = now, NEVER, []
        self._send("", Answers(now=now, claim=claim, instead=instead))

    def forget(self, key: Key) -> None:
        """The turn of a claim is over."""
        self._answering.pop(key, None)

    # -- what others say ---------------------------------------------------------------------------------------------

    def _said(self, sender: str, say: Say, now: float) -> None:
        own = {c.key for c in say.claims if c.hub == sender}
        theirs = own | ({say.about} if say.about else set())
        self._perhaps.update(dict.fromkeys(own, say.perhaps))
        for contest in self.contests.values():
            if say.about == contest.key and sender not in contest.timed:
                contest.timed.add(sender)
                took = min(now - contest.began - contest.lame, MOST_S)
                self.slowest_s = max(took, _FORGETS * self.slowest_s)
            if contest.stage is Stage.OPEN and not theirs.isdisjoint(self._group(contest.key)):
                contest.hear(sender, say.perhaps, now)
            elif contest.stage is Stage.LOST and contest.owner in own:
                contest.fresh[sender] = now  # it claims still: it waits for others
            elif say.about == contest.key and say.perhaps is None:
                contest.heard.add(sender)
        if say.asks:
            asked = [c for c in say.claims if c.hub == sender and c.key in self.sounds]
            for claim in asked:
                self._reply(sender, claim, say.asks > 1, now)

    def _answers(self, message: Answers, now: float) -> None:
        claim = message.claim
        if claim.key not in self.sounds or claim.hub == self.hub:
            return
        group = self.sounds.group(claim.key)
        mine = self._answered(group)
        if mine is not None and mine[0] == self.hub and mine in self.contests and not message.instead:
            age = now - self.contests[mine].decided
            if (age > _ESTABLISHED_S, self.sounds[mine].rank) > (message.age > _ESTABLISHED_S, claim.rank):
                self._send(claim.hub, self._answer(mine, now))  # two answer: the weaker gives way
                return
        if message.instead is not None:
            self._moved(message.instead, claim.key)
        self._answering[claim.key] = claim
        for contest in [self.contests[key] for key in group if key in self.contests]:
            if contest.stage is Stage.WON:
                self._answering.pop(contest.key, None)
            contest.confirmed = True
            self._close(contest, claim.key, now)
        if any(key in self.contests for key in group):
            self._send(claim.hub, Say(now=now, about=claim.key))  # this hub knows

    def _resume(self, now: float) -> None:
        """Note that this hub comes later than it wanted: its machine was busy, and what others said may wait."""
        lame = now - max(self.due(), self._worked)
        self._worked = now
        if lame > _LAME_S:
            for contest in self.contests.values():
                if contest.stage is Stage.OPEN:
                    contest.lame += lame

    # -- deciding ----------------------------------------------------------------------------------------------------

    def _look(self, now: float) -> None:
        """Decide what can be decided."""
        for contest in tuple(self.contests.values()):
            if contest.stage is Stage.OPEN:
                if self._settled(contest) or self._deadline(contest) <= now:
                    self._decide(contest, now)
            elif contest.stage is Stage.LOST and not contest.confirmed and contest.owner is not None:
                self._look_after(contest, contest.owner, now)

    def _look_after(self, contest: Contest, owner: Key, now: float) -> None:
        """The winner has yet to say that it answers: pass it over when it does not, and follow a stronger claim."""
        if owner[0] != self.hub and (now >= self._silent_at(contest) or owner[0] not in self.alive):
            contest.mute.add(owner[0])
            self._decide(contest, now)
        elif (best := self._owner(contest)) != owner and best != contest.key:
            self._close(contest, best, now)

    def _silent_at(self, contest: Contest) -> float:
        """When the winner of a contest that this hub lost has said nothing for too long."""
        owner = contest.owner[0] if contest.owner is not None else ""
        heard = max(contest.decided, contest.fresh.get(owner, contest.decided))
        return min(heard + _SILENT_S, contest.decided + self._waits().longest)

    def _decide(self, contest: Contest, now: float) -> None:
        owner = self._owner(contest)
        self._overslept(contest, now)
        if contest.slept and owner[0] == self.hub and contest.stage is Stage.OPEN and self.alive:
            contest.confirmed = True
            self._close(contest, next((k for k in self._group(contest.key) if k[0] != self.hub), ("", 0)), now)
            return
        for other in self._group(contest.key):
            same = self.contests.get(other)
            if same is not None and (same.stage is Stage.OPEN or same is contest):
                self._close(same, owner, now)

    def _overslept(self, contest: Contest, now: float) -> None:
        contest.slept |= now - contest.again > _ESTABLISHED_S

    def _owner(self, contest: Contest) -> Key:
        return self._strongest(k for k in self._group(contest.key) if k[0] not in contest.mute)

    def _close(self, contest: Contest, owner: Key, now: float) -> None:
        won, was = owner == contest.key, contest.stage
        contest.owner, contest.decided = owner, now
        contest.stage = Stage.WON if won else Stage.LOST
        contest.again = NEVER
        if won:
            self._answering[contest.key] = self.sounds[contest.key]
            contest.telling = [now + wait for wait in _TELL_AT_S] if self.alive else []
            self._send("", self._answer(contest.key, now))
        else:
            contest.telling = []
            if not contest.confirmed and owner[0] != self.hub:
                contest.again = now + self._waits().again
        if was is not contest.stage:
            self.news.append(Decided(contest.key, won))

    def _settled(self, contest: Contest) -> bool:
        for hub, number in self._group(contest.key):
            if hub not in contest.said:
                contest.hear(hub, self._perhaps.get((hub, number)), contest.began)
        return contest.settled({*self.alive, self.hub}, self._best(self._group(contest.key)))

    def _deadline(self, contest: Contest) -> float:
        return contest.deadline(self.hub, self.alive, self._best(self._group(contest.key)), self._waits())

    # -- saying ------------------------------------------------------------------------------------------------------

    def _ask_again(self, contest: Contest, now: float) -> None:
        waits = self._waits()
        contest.again = now + (waits.patient if contest.promised(self.alive) else waits.again)
        if contest.stage is Stage.LOST:
            if contest.confirmed or contest.owner is None:
                contest.again = NEVER
            else:
                self._tell(contest, contest.owner[0], asks=2, now=now)
            return
        self._note_own(contest, now)
        best = self._best(self._group(contest.key))
        for hub in sorted(hub for hub in self.alive if contest.waits_for(hub, best)):
            self._tell(contest, hub, asks=2, now=now)

    def _tell_again(self, contest: Contest, now: float) -> None:
        silent = self.alive - contest.said.keys()
        waiting = ({key[0] for key in self._group(contest.key)} | silent) - contest.heard - {self.hub}
        contest.telling = contest.telling[1:] if waiting else []
        for hub in sorted(waiting):
            self._send(hub, self._answer(contest.key, now))

    def _note_own(self, contest: Contest, now: float) -> None:
        """Whether another stream of this hub that hears the like may still claim."""
        group = self._group(contest.key)
        claimed = frozenset(self.sounds[k].stream for k in group if k[0] == self.hub)
        claim = self.sounds[contest.key]
        in_time = now < contest.began + self._waits().promise
        may = self._hears(claim, self.sounds.ends(contest.key), claimed) if in_time else None
        contest.hear(self.hub, may, now)

    def _clear(self, now: float) -> None:
        old = [k for k, c in self.contests.items() if c.stage is not Stage.OPEN and now - c.decided > FORGET_S]
        for key in old:
            del self.contests[key]
            self._answering.pop(key, None)
        self._answering = {k: c for k, c in self._answering.items() if k in self.sounds}
        self._declined = {k for k in self._declined if k in self.sounds}
        self._perhaps = {k: s for k, s in self._perhaps.items() if k in self.sounds}
