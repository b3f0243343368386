"""All hubs compute the same winner, whatever order claims come in and however many are lost."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.bench.simulated_wakes import House, simulate
from hub.perception.ears.trail import LEVELS
from hub.swarm.arbitration.claims import Answers, Claim, Message, Say
from hub.swarm.arbitration.contest import Stage
from hub.swarm.arbitration.council import Council
from hub.swarm.arbitration.waits import LEAST_S, LONGEST_S, MOST_S, PERHAPS_S, Waits

LEVELS_OF = [bytes([10, 120, 40, 90, 0, 110, 5, 60] * 4), bytes([90] * 6 + [0] * 9 + [120] * 4 + [3] * 13)]
assert all(len(levels) == LEVELS for levels in LEVELS_OF)


def claim(hub: str, *, energy: float = 30.0, presence: float = 0.5, sound: int = 0, onset: float = 1.0) -> Claim:
    return Claim(
        hub=hub,
        number=1,
        stream="s",
        word="alexa",
        probability=0.9,
        energy_db=energy,
        presence=presence,
        onset=onset,
        ends=onset + 0.8,
        levels=LEVELS_OF[sound],
    )


def council(hub: str, *others: str, round_trip_s: float = 0.001) -> Council:
    made = Council(hub, offset=lambda _hub: 0.0, hears=lambda *_: None, waits=lambda: Waits.of(round_trip_s))
    made.live(frozenset(others), 0.0)
    return made


def wait(seat: Council, until: float) -> None:
    """Let time pass, as a hub does that is not busy."""
    while seat.due() < until:
        seat.tick(seat.due())
    seat.tick(until)


def news(seat: Council) -> list[bool]:
    return [decided.won for decided in seat.news]


claims_of_hubs = st.lists(
    st.tuples(st.sampled_from((10.0, 20.0, 20.5, 30.0)), st.sampled_from((0.2, 0.5, 0.9)), st.sampled_from((0, 0, 1))),
    min_size=2,
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(claims_of_hubs, st.randoms(use_true_random=False), st.booleans())
def test_all_compute_the_same_winner(made: list[tuple[float, float, int]], random: object, double: bool) -> None:
    claims = [claim(f"h{n}", energy=e, presence=p, sound=s) for n, (e, p, s) in enumerate(made)]
    names = {c.hub for c in claims}
    seats = {name: council(name, *(names - {name})) for name in names}
    for one in claims:
        seats[one.hub].woke(one, 2.0)
    first = [(c.hub, to, Say(now=2.0, claims=(c,), asks=1, about=c.key)) for c in claims for to in names - {c.hub}]
    first *= 1 + double
    random.shuffle(first)  # type: ignore[attr-defined]
    for sender, to, say in first:
        seats[to].take(sender, say, 2.001)
    for sound in {s for _, _, s in made}:
        heard = [c for c in claims if c.levels == LEVELS_OF[sound]]
        best = max(heard, key=lambda c: c.rank)
        for one in heard:
            contest = seats[one.hub].contests[one.key]
            if len({s for _, _, s in made}) == 1:  # all claimed one sound: nobody waits
                assert contest.stage is not Stage.OPEN
            wait(seats[one.hub], 2.0 + MOST_S + 0.001)
            assert contest.owner == best.key
            assert (contest.stage is Stage.WON) == (one is best)


def test_ties_go_by_hub() -> None:
    for order in itertools.permutations("abc"):
        seats = {name: council(name, *set("abc") - {name}) for name in order}
        for name in order:
            seats[name].woke(claim(name), 2.0)
        for sender, to in itertools.permutations(order, 2):
            seats[to].take(sender, Say(now=2.0, claims=(claim(sender),)), 2.0)
        assert {name: news(seat) for name, seat in seats.items()} == {"a": [False], "b": [False], "c": [True]}


def test_alone_there_is_no_wait() -> None:
    seat = council("a")
    seat.woke(claim("a"), 2.0)
    assert news(seat) == [True]
    assert not seat.outbox


def test_nobody_speaks_before_all_have_said_their_word() -> None:
    seat = council("a", "b", "c")
    seat.woke(claim("a"), 2.0)
    seat.take("b", Say(now=2.0, about=("a", 1)), 2.001)
    assert not news(seat)
    seat.take("c", Say(now=2.0, about=("a", 1)), 2.002)
    assert news(seat) == [True]


def test_a_hub_that_says_nothing_costs_thirty_milliseconds() -> None:
    seat = council("a", "b", "c")
    seat.woke(claim("a"), 2.0)
    seat.take("b", Say(now=2.0, about=("a", 1)), 2.001)
    wait(seat, 2.0 + LEAST_S - 0.001)
    assert not news(seat)
    wait(seat, 2.0 + LEAST_S + 0.0001)
    assert news(seat) == [True]


def test_a_late_claim_does_not_change_a_decision() -> None:
    seat = council("a", "b")
    seat.woke(claim("a"), 2.0)
    seat.take("b", Say(now=2.0, about=("a", 1)), 2.001)
    seat.outbox.clear()
    seat.take("b", Say(now=2.0, claims=(claim("b", energy=60.0),), asks=1), 2.05)
    assert news(seat) == [True]
    assert [type(message) for _, message in seat.outbox] == [Answers]


def test_of_two_that_answer_the_weaker_gives_way_at_first_and_not_later() -> None:
    for age, stays in ((0.1, False), (2.0, True)):
        seat = council("a", "b")
        seat.woke(claim("a"), 2.0)
        wait(seat, 2.1)
        assert news(seat) == [True]
        seat.take("b", Answers(now=0.0, claim=claim("b", energy=60.0)), 2.1 + age)
        assert (news(seat) == [True]) == stays


def test_a_winner_that_says_nothing_is_passed_over() -> None:
    seat = council("a", "b")
    seat.woke(claim("a"), 2.0)
    seat.take("b", Say(now=0.0, claims=(claim("b", energy=60.0),)), 2.001)
    assert news(seat) == [False]
    while seat.due() < 3.0:
        seat.tick(seat.due())
    assert news(seat) == [False, True]


def test_a_hub_whose_machine_slept_does_not_answer_late() -> None:
    seat = council("a", "b")
    seat.woke(claim("a"), 2.0)
    seat.tick(5.0)
    wait(seat, 5.1)
    assert news(seat) == [False]


def test_a_hub_that_could_not_work_reads_what_waits_before_it_decides() -> None:
    seat = council("a", "b")
    seat.woke(claim("a"), 2.0)
    seat.tick(2.2)  # it wanted to long ago
    assert not news(seat)
    seat.take("b", Say(now=2.01, claims=(claim("b", energy=60.0),), asks=1), 2.201)
    assert news(seat) == [False]
    alone = council("a", "b")
    alone.woke(claim("a"), 2.0)
    alone.tick(2.2)
    wait(alone, 2.3)
    assert news(alone) == [True]


def test_waits_follow_the_round_trips() -> None:
    assert Waits.of(0.0002).unheard == LEAST_S
    assert LEAST_S < Waits.of(0.006).unheard < MOST_S
    for slow in (0.02, 0.5, 10.0):
        waits = Waits.of(slow)
        assert waits.unheard == MOST_S
        assert MOST_S < PERHAPS_S == waits.perhaps < waits.promise < waits.longest == LONGEST_S
    assert Waits.of(0.0).in_turn(7, 8) <= MOST_S


@pytest.mark.parametrize("hubs", [2, 3, 5])
def test_with_a_tenth_of_all_messages_lost_each_wake_is_answered_once(hubs: int) -> None:
    found = simulate(600, hubs, loss=0.1, seed=hubs)
    assert found.once == found.wakes > 500


def test_hubs_that_cannot_hear_each_other_answer_each_and_there_it_ends() -> None:
    def everything(_message: Message) -> bool:
        return True

    house = House(2, loss=0.0, seed=1, lost=everything, slow=0.0)
    for _ in range(200):
        house.wake()
    assert house.found.most_extra == 1
    assert house.found.never == house.found.late_extra == 0
