"""The benchmark of who answers: how it judges, what it tells, and a short run with real ears and meshes."""

import pytest

from hub.bench.answered import Found, Outcome, Woken, figures, heard, judged
from hub.bench.names import run
from hub.core.errors import UsageError
from hub.guard.syscalls import this_architecture

IN_PACE = (Woken(10.0, 0.05, 1.92), Woken(10.01, 0.06, 1.92))
OUT_OF_PACE = (Woken(10.0, 0.05, 1.92), Woken(10.14, 0.11, 2.0))


def test_one_answer_is_the_near_hubs_or_anothers_and_timed_from_the_last_ears_before_it() -> None:
    right = judged(1, [(1, 10.03)], (*IN_PACE, Woken(10.04, 0.06, 1.92)))
    assert (right.verdict, right.in_pace, right.ms) == ("right", True, pytest.approx(20))
    assert judged(1, [(2, 10.03)], IN_PACE).verdict == "another"


def test_two_answers_and_none_are_told_apart() -> None:
    assert judged(0, [(0, 10.03), (1, 10.05)], IN_PACE) == Outcome("twice", in_pace=True, apart=False)
    assert judged(0, [(0, 10.03), (0, 10.05)], IN_PACE) == Outcome("twice", in_pace=True, apart=False)
    assert judged(0, [], ()) == Outcome("nobody", in_pace=True, apart=False)


def test_words_out_of_pace_are_told_and_count_among_all_that_were_tried() -> None:
    found = Found([judged(0, [(0, 10.2)], each) for each in (IN_PACE, OUT_OF_PACE)])
    found.all.append(judged(0, [(0, 10.2), (1, 10.2)], OUT_OF_PACE))
    lines = {line.measure: line for line in figures(found, 1)}
    assert lines["... answered exactly once, of 1"].ok
    assert lines["... noticed in different steps, of 1"].ours == 0
    assert lines["heard again, for this machine did not keep pace"].ours == 2
    assert lines["... noticed in different steps, of these 2"].ours == 2
    assert lines["answered once by the near hub, of all 3 tried"].ours == 2


def test_fewer_words_in_pace_than_asked_for_miss_the_target() -> None:
    first, *_ = figures(Found(), 20)
    assert (first.measure, first.ok) == ("wake words heard by three hubs in pace", False)


def test_an_answer_by_two_or_by_another_misses_the_target() -> None:
    verdicts = ("right", "another", "twice")
    found = Found([Outcome(verdict, in_pace=True, apart=False, ms=5.0) for verdict in verdicts])
    lines = {line.measure: line for line in figures(found, 3)}
    once, near = lines["... answered exactly once, of 3"], lines["... by the hub that is near, of 3"]
    assert (once.ours, once.ok, near.ours, near.ok) == (2, False, 1, False)


def test_only_some_benches_have_a_number_of_times() -> None:
    with pytest.raises(UsageError, match="bus has no number of times"):
        run("bus", lambda paths: None, 3)


@pytest.mark.slow
@pytest.mark.sealed
@pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64")
async def test_words_that_were_heard_in_pace_are_answered_once_by_the_near_hub() -> None:
    found = await heard(wakes=1, homes=2)
    many = len(found.of(in_pace=True))
    if not many:
        pytest.skip("this machine keeps no pace")
    lines = {line.measure: line for line in figures(found, 1)}
    assert lines[f"... answered exactly once, of {many}"].ok, found
    assert lines[f"... by the hub that is near, of {many}"].ok, found
    assert lines["answer after the last ears that woke before it, p50"].ours > 0
