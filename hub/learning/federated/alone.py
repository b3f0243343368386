"""Learning without others: what a hub does when a round that it called for cannot be held."""

import numpy as np

from hub.core.errors import HearthError
from hub.learning.federated.aggregate import added
from hub.learning.federated.aside import aside
from hub.learning.federated.gate import Exam, examine, no_worse
from hub.learning.federated.local import Plan, learn
from hub.learning.federated.pupil import Pupil, Report


async def learn_alone(pupil: Pupil, plan: Plan, rng: np.random.Generator, *, number: int, reason: str) -> Report:
    """Learn from this hub's own examples; what came of it is used where it is no worse. Nothing is sent.

    `number` is the round that was not held, and `reason` why.
    """
    learn_from, held = await pupil.material()
    own, canaries, rehearsed = pupil.own, pupil.canaries, pupil.rehearsed

    def judged() -> tuple[Exam, Exam]:
        before = examine(own, held, canaries)
        try:
            learned = own.with_open(added(own.open, learn(own, learn_from, rng, plan, rehearsed)))
        except HearthError:
            return before, before
        after = examine(learned, held, canaries)
        return before, before if no_worse(before, after) else after

    before, after = await aside(judged)
    report = Report(
        kind=own.kind,
        round=number,
        outcome="given up" if after is before else "alone",
        reason=reason,
        held=len(held),
        before=before.held.loss,
        after=after.held.loss,
        right_before=before.held.count,
        right=after.held.count,
    )
    await pupil.keep(pupil.round, pupil.shared, after.head, report)
    return report
