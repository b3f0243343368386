"""Rounds of many homes in one process, without a network: what learning together is worth, and what harms it.

Every home has examples of its own and holds some of them out; all are judged on examples that none of them has. The
same functions run here as in a real round, over the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from hub.learning.federated.aggregate import Rule, added
from hub.learning.federated.arrays import pack, unpack
from hub.learning.federated.checks import check_arrays
from hub.learning.federated.collect import Collector, Terms, TooFewMembersError
from hub.learning.federated.gate import harmful
from hub.learning.federated.local import Plan, TooFewExamplesError, learn
from hub.learning.federated.messages import Offer, Result, Roster, encode
from hub.learning.federated.scores import Scores
from hub.learning.head import Head, Material
from hub.learning.network import Weights

SCENARIOS: Final = ("central", "local", "fedavg", "fedprox", "int8", "skew", "hostile")
"""All examples in one place; each home alone; and together: plainly, held to the start of each round, with 8-bit
updates, with homes that each know one answer better than the other, and with one home that sends its update times
-10."""
_PULL: Final = 0.01
_WORST: Final = -10.0


class Home(Struct, frozen=True):
    """A home's examples: to learn from, and held out."""

    learn_from: Material
    held: Material


class Task(Struct, frozen=True):
    """What is learnt: a head, homes with examples, the same dealt out unevenly, and the examples that judge all."""

    head: Head
    homes: tuple[Home, ...]
    skewed: tuple[Home, ...]
    test: Material
    rounds: int = 25
    plan: Plan = Plan(epochs=2)


class Line(Struct, frozen=True, omit_defaults=True):
    """What `hearth learn simulate --json` prints. `accuracy` is a share; `bytes` all that crossed the wire.

    `without_gate` is the accuracy with a hostile home when nobody judges updates and nothing shortens them.
    """

    scenario: str
    accuracy: float
    rounds: int
    bytes: int
    without_gate: float | None = None


Step = Callable[[str, int, int], None]
"""Is told of each round: the scenario, the rounds done, and of how many."""


def simulate(task: Task, scenarios: Sequence[str], seed: int, step: Step = lambda *_: None) -> Iterator[Line]:
    """The scenarios one by one. The same seed gives the same lines."""
    for name in scenarios:
        yield _SCENARIOS[name](task, seed, step)


def judged(head: Head, test: Material) -> float:
    """The share of the test's examples that a head gets right."""
    return head.right(test) / len(test)


def _central(task: Task, seed: int, step: Step) -> Line:
    together = [home.learn_from for home in task.homes]
    everything = Material(
        np.concatenate([m.x for m in together]),
        np.concatenate([m.y for m in together]),
        np.concatenate([m.worth for m in together]),
    )
    head = _alone(task, everything, seed)
    step("central", 1, 1)
    sent = sum(m.x.nbytes + m.y.nbytes for m in together)
    return Line("central", judged(head, task.test), 0, sent)


def _local(task: Task, seed: int, step: Step) -> Line:
    scores = []
    for number, home in enumerate(task.homes):
        scores.append(judged(_alone(task, home.learn_from, seed), task.test))
        step("local", number + 1, len(task.homes))
    return Line("local", float(np.mean(scores)), 0, 0)


def _alone(task: Task, material: Material, seed: int) -> Head:
    """A head after as many passes over the examples as a home makes in all rounds."""
    plan = Plan(task.plan.epochs * task.rounds, task.plan.batch, task.plan.rate, task.plan.decay)
    try:
        return task.head.with_open(added(task.head.open, learn(task.head, material, np.random.default_rng(seed), plan)))
    except TooFewExamplesError:
        return task.head


class Federation:
    """Homes that learn in rounds. `hostile` multiplies the update of the last one."""

    def __init__(
        self, task: Task, homes: Sequence[Home], seed: int, terms: Terms, plan: Plan, *, hostile: float = 1.0
    ) -> None:
        self.head = task.head
        self.bytes = 0
        self._homes = {f"home{number}": home for number, home in enumerate(homes)}
        self._terms, self._plan, self._hostile = terms, plan, hostile
        self._rng = np.random.default_rng(seed)
        self._scores = Scores()

    def round(self, number: int) -> None:
        """One round: each learns, sends, judges and takes over what came of it."""
        members = tuple(self._homes)
        roster = Roster(self.head.kind, number, self.head.base, members, members)
        collector = Collector(
            roster,
            self.head.shapes,
            self._terms,
            own_examples=max(len(home.learn_from) for home in self._homes.values()),
            scores=self._scores,
        )
        for hub, home in self._homes.items():
            body = self._update(roster, hub, home)
            if body:
                self.bytes += len(body)
                collector.take(hub, body)
        try:
            collected = collector.close()
            votes = {}
            if self._terms.gate:
                ballot = pack(b"", [a for update in collected.updates for a in update], int8=self._terms.int8)
                self.bytes += len(ballot) * (len(collected.members) - 1)
                for hub in collected.members:
                    held = self._homes[hub].held
                    found = harmful(self.head, collected.updates, collected.weights, held, rule=self._terms.rule)
                    votes[hub] = frozenset(collected.members[n] for n in found)
            merged = collector.merge(collected, votes)
        except TooFewMembersError:
            return
        result = encode(Result(self.head.kind, number, merged.counted, merged.out))
        body = pack(result, merged.change, int8=self._terms.int8)
        self.bytes += len(body) * len(members)
        change = check_arrays(unpack(body), self.head.shapes)
        self.head = self.head.with_open(added(self.head.open, change))

    def _update(self, roster: Roster, hub: str, home: Home) -> bytes:
        try:
            change: Weights = learn(self.head, home.learn_from, self._rng.spawn(1)[0], self._plan)
        except TooFewExamplesError:
            return b""
        if hub == roster.members[-1] and self._hostile != 1.0:
            change = [array * np.float32(self._hostile) for array in change]
        offer = Offer(roster.kind, roster.round, roster.base, float(len(home.learn_from)))
        return pack(encode(offer), change, int8=self._terms.int8)


def _together(
    name: str,
    *,
    gate: bool = True,
    int8: bool = False,
    pull: float = 0.0,
    skew: bool = False,
    hostile: float = 1.0,
    rule: Rule = "mean",
) -> Callable[[Task, int, Step], Line]:
    def run(task: Task, seed: int, step: Step) -> Line:
        plan = Plan(task.plan.epochs, task.plan.batch, task.plan.rate, task.plan.decay, pull)
        # Without a gate nothing is shortened either: that is what plain averaging is.
        terms = Terms(gate=gate, int8=int8, rule=rule, most_norm=100.0 if gate else 1e9, clip=gate)
        homes = task.skewed if skew else task.homes
        federation = Federation(task, homes, seed, terms, plan, hostile=hostile)
        for number in range(1, task.rounds + 1):
            federation.round(number)
            step(name, number, task.rounds)
        return Line(name, judged(federation.head, task.test), task.rounds, federation.bytes)

    return run


def _hostile(task: Task, seed: int, step: Step) -> Line:
    gated = _together("hostile", hostile=_WORST)(task, seed, step)
    bare = _together("hostile", hostile=_WORST, gate=False)(task, seed, step)
    return Line(gated.scenario, gated.accuracy, gated.rounds, gated.bytes, bare.accuracy)


_SCENARIOS: Final[dict[str, Callable[[Task, int, Step], Line]]] = {
    "central": _central,
    "local": _local,
    "fedavg": _together("fedavg", gate=False),
    "fedprox": _together("fedprox", gate=False, pull=_PULL),
    "int8": _together("int8", gate=False, int8=True),
    "skew": _together("skew", gate=False, skew=True),
    "hostile": _hostile,
}
