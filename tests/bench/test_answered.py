"""The benchmark of who answers: how it judges, and what it tells. `tests/swarm/test_arbitration_heard.py` runs it."""

import pytest

from hub.bench.answered import Outcome, figures, judged
from hub.bench.mesh_hub import Said
from hub.bench.names import run
from hub.core.errors import UsageError


def told(*moments: float, answered: float = 0.0, count: int = 0) -> Said:
    return Said("heard", answered, count=count or bool(answered), seconds=moments)


def test_one_answer_is_the_near_hubs_or_anothers_and_timed_from_the_last_ears_before_it() -> None:
    hubs = [told(10.0), told(10.01, answered=10.03), told(10.04)]
    assert judged(1, hubs) == Outcome("right", pytest.approx(20), pytest.approx(40))
    assert judged(2, hubs).verdict == "another"


def test_two_answers_and_none_are_told_apart() -> None:
    assert judged(0, [told(10.0, answered=10.03), told(10.0, answered=10.05)]).verdict == "twice"
    assert judged(0, [told(10.0, answered=10.03, count=2), told(10.0)]).verdict == "twice"
    assert judged(0, [told(), told()]) == Outcome("nobody")


def test_an_answer_by_two_or_by_another_misses_the_target() -> None:
    found = [Outcome(verdict, 5.0, 80.0) for verdict in ("right", "another", "twice", "nobody")]
    lines = {line.measure: line for line in figures(found)}
    once, near = lines["answered exactly once, of 4"], lines["... by the hub that is near, of 4"]
    assert (once.ours, once.ok, near.ours, near.ok) == (2, False, 1, False)
    assert lines["answered more than once"].ours == lines["answered by nobody"].ours == 1
    assert lines["answer after the last ears that woke before it, p50"].ours == 5


def test_only_some_benches_have_a_number_of_times() -> None:
    with pytest.raises(UsageError, match="bus has no number of times"):
        run("bus", lambda paths: None, 3)
