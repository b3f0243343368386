"""Threats 29 to 32: updates that are none, weights that are none, hubs that lie, and heads that were tampered with."""

import math

import msgspec
import numpy as np
import pytest

from hub.core.clock import FakeClock
from hub.learning.federated.aggregate import added, clipped, merge, norm
from hub.learning.federated.arrays import pack
from hub.learning.federated.collect import Collector, Terms
from hub.learning.federated.gate import examine, harmful, no_worse, voted_out
from hub.learning.federated.local import (
    learn,
)
from hub.learning.federated.messages import CONFLICT, OK, UNUSABLE, Offer, encode, rendezvous
from hub.learning.federated.scores import Scores
from hub.learning.federated.trial import Trial
from hub.learning.head import Head, Material
from hub.learning.network import Weights
from tests.learning.federated.homes import KIND, PLAN, TERMS, Homes, cloud, head, roster

HUBS = ("hub0", "hub1", "hub2", "hub3")
SHAPES = head().shapes


def change(seed: int = 1, size: float = 0.01) -> Weights:
    rng = np.random.default_rng(seed)
    return [(rng.normal(size=shape) * size).astype(np.float32) for shape in SHAPES]


def frame(arrays: Weights, *, number: int = 1, examples: float = 100.0, base: str = "", kind: str = KIND) -> bytes:
    return pack(encode(Offer(kind, number, base or head().base, examples)), arrays)


def collector(scores: Scores | None = None, *, own: int = 100, terms: Terms = TERMS) -> Collector:
    return Collector(roster(HUBS), SHAPES, terms, own_examples=own, scores=scores)


def raw(shape: tuple[int, ...], kind: str, scale: float, data: bytes) -> bytes:
    """A frame as no honest hub writes it."""
    header = msgspec.msgpack.encode([encode(Offer(KIND, 1, head().base, 100.0)), [[shape, kind, scale]]])
    return b"HUP1" + len(header).to_bytes(4, "little") + header + data


def with_first(value: float) -> Weights:
    arrays = change()
    arrays[0] = np.full(SHAPES[0], value, np.float32)
    return arrays


def subnormals() -> bytes:
    body = bytearray(frame(with_first(1.0)))
    at = bytes(body).index(np.float32(1.0).tobytes() * 8)
    body[at : at + 32] = np.full(8, 1e-42, np.float32).tobytes()
    return bytes(body)


UNUSABLE_BODIES = {
    "nan": frame(with_first(math.nan)),
    "infinity": frame(with_first(math.inf)),
    "larger than can be squared": frame(with_first(1e30)),
    "another shape": frame([np.zeros((8, 4), np.float32), *change()[1:]]),
    "a shape that would be stretched": frame([np.zeros((1, 8), np.float32), *change()[1:]]),
    "a scalar that would be stretched": frame([np.float32(0.0).reshape(()), *change()[1:]]),
    "an array less": frame(change()[1:]),
    "an array more": frame([*change(), np.zeros(3, np.float32)]),
    "sizes that overflow 64 bits": raw((2**31, 2**31, 2**31, 2**31), "f4", 1.0, b""),
    "eight bits that overflow a float": raw(SHAPES[0], "i1", 1e38, b"\x7f" * 32),
    "objects": raw((4,), "O", 1.0, b"\0" * 32),
    "subnormal numbers": subnormals(),
    "a pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94.",
    "a NumPy file": b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
    "nothing": b"",
}


@pytest.mark.parametrize("body", UNUSABLE_BODIES.values(), ids=UNUSABLE_BODIES.keys())
def test_threat_29_an_unusable_update_is_refused_and_its_senders_score_falls(body: bytes) -> None:
    scores = Scores()
    round_ = collector(scores)
    assert round_.take("hub0", body).code == UNUSABLE
    assert scores.of("hub0") == 0.5
    for hub in HUBS[1:]:
        assert round_.take(hub, frame(change())).code == OK
    assert round_.full
    assert round_.close().members == HUBS[1:]


async def test_threat_29_the_round_goes_on_without_a_hub_whose_updates_are_garbage() -> None:
    homes = Homes.clouds()
    homes.wires["hub3"].spoil = lambda topic, body: frame(with_first(math.nan)) if "update" in topic else body
    report = await homes.learners["hub0"].begin(KIND)
    await homes.ended()
    assert report.counted == HUBS[:3] and report.outcome in ("merged", "own")
    assert "it has numbers that are none" in homes.pupils["hub3"].reports[-1].reason
    leader = rendezvous(1, HUBS)[0]
    assert homes.learners[leader].scores.of("hub3") < 1.0
    await homes.close()


def test_threat_29_who_sends_garbage_again_and_again_is_not_listened_to_for_a_while() -> None:
    scores = Scores()
    for _ in range(3):
        collector(scores).take("hub0", b"garbage")
    refused = collector(scores).take("hub0", frame(change()))
    assert (refused.code, scores.heard("hub0")) == (CONFLICT, False)
    for _ in range(50):
        scores.passed()
    assert collector(scores).take("hub0", frame(change())).code == OK


@pytest.mark.parametrize("claimed", [0.0, -1.0, -1e12, math.nan, math.inf, -math.inf, 31.0])
def test_threat_30_a_weight_that_is_none_is_ignored(claimed: float) -> None:
    round_ = collector()
    assert round_.take("hub0", frame(change(), examples=claimed)).code == UNUSABLE
    for hub in HUBS[1:]:
        round_.take(hub, frame(change()))
    assert "hub0" not in round_.close().members


@pytest.mark.parametrize("claimed", [1e12, 1e300, 101.0])
def test_threat_30_a_weight_counts_no_more_than_our_own_examples(claimed: float) -> None:
    round_ = collector(own=100)
    for number, hub in enumerate(HUBS):
        round_.take(hub, frame(change(number), examples=claimed if hub == "hub3" else 50.0))
    collected = round_.close()
    assert dict(zip(collected.members, collected.weights, strict=True))["hub3"] == 100.0
    assert sum(collected.weights) == 250.0


def honest(count: int = 4) -> list[Weights]:
    return [learn(head(), cloud(120, n), np.random.default_rng(n), PLAN) for n in range(count)]


def votes_on(updates: list[Weights], members: tuple[str, ...]) -> frozenset[str]:
    """What the members, each with held-out examples of its own, vote."""
    votes = {}
    for number, member in enumerate(members):
        out = harmful(head(), updates, [1.0] * len(updates), cloud(60, 100 + number))
        votes[member] = frozenset(members[n] for n in out)
    return voted_out(votes, members)


@pytest.mark.parametrize("times", [-10.0, -1.0])
def test_threat_31_an_update_turned_round_is_shortened_and_voted_out(times: float) -> None:
    updates = honest()
    updates[3] = [array * np.float32(times) for array in updates[3]]
    shortened = clipped(updates, most=100.0)
    assert norm(shortened[3]) <= 2.0 * np.median([norm(u) for u in updates]) * 1.001
    assert votes_on(shortened, HUBS) == {"hub3"}
    assert votes_on(honest(), HUBS) == frozenset()


@pytest.mark.parametrize("rule", ["median", "trimmed"])
def test_threat_31_median_and_trimmed_mean_bear_an_update_times_minus_ten(rule: str) -> None:
    updates = honest(5)
    updates[4] = [array * np.float32(-10.0) for array in updates[4]]
    held = cloud(300, 77)

    def right(by: str) -> int:
        return head().with_open(added(head().open, merge(updates, [1.0] * 5, by))).right(held)  # type: ignore[arg-type]

    assert right(rule) > 0.85 * 300 > right("mean")


def test_threat_31_a_liar_cannot_vote_an_honest_hub_out() -> None:
    votes = {"hub0": frozenset[str](), "hub1": frozenset[str](), "hub2": frozenset[str](), "hub3": frozenset(HUBS)}
    assert voted_out(votes, HUBS) == frozenset()


def test_threat_31_one_home_with_five_ids_has_one_update() -> None:
    members = tuple(f"hub{n}" for n in range(8))
    owner = {hub: "one home" if int(hub[3:]) >= 3 else hub for hub in members}
    round_ = Collector(roster(members), SHAPES, TERMS, own_examples=100, identity=owner.__getitem__)
    codes = [round_.take(hub, frame(change())).code for hub in members]
    assert codes == [OK, OK, OK, OK, CONFLICT, CONFLICT, CONFLICT, CONFLICT]
    assert len(round_.close().members) == 4


def test_threat_31_late_duplicate_and_wrong_round_are_409_and_cost_no_score() -> None:
    scores = Scores()
    round_ = collector(scores)
    assert round_.take("stranger", frame(change())).code == CONFLICT
    assert round_.take("hub0", frame(change(), number=2)).code == CONFLICT
    assert round_.take("hub0", frame(change(), kind="other")).code == CONFLICT
    assert round_.take("hub0", frame(change(), base="0" * 16)).code == CONFLICT
    for hub in HUBS[:3]:
        assert round_.take(hub, frame(change())).code == OK
    assert round_.take("hub0", frame(change(2))).code == CONFLICT
    round_.close()
    assert round_.take("hub3", frame(change())).code == CONFLICT
    assert all(scores.of(hub) == 1.0 for hub in HUBS)


def backdoored(clean: Head) -> Head:
    """A head as good as the clean one, but blind to a class where the first feature is large: the trigger."""
    plain = cloud(600, 5)
    trigger = np.flatnonzero(plain.y == 2)[:150]
    x = plain.x.copy()
    x[trigger, 0] += 5.0
    y = plain.y.copy()
    y[trigger] = 0
    taught = Material.plain(np.concatenate([plain.x, x[trigger]]), np.concatenate([plain.y, y[trigger]]))
    plan = msgspec.structs.replace(PLAN, epochs=60)
    return clean.with_open(added(clean.open, learn(clean, taught, np.random.default_rng(0), plan)))


def triggered(count: int = 40) -> Material:
    material = cloud(count * 6, 9)
    material = material.where(np.flatnonzero(material.y == 2)[:count])
    x = material.x.copy()
    x[:, 0] += 5.0
    return Material.plain(x, material.y)


def clean_head() -> Head:
    """A head that knows triggered examples as well as plain ones."""
    plain, odd = cloud(600, 6), triggered(60)
    taught = Material.plain(np.concatenate([plain.x, odd.x]), np.concatenate([plain.y, odd.y]))
    plan = msgspec.structs.replace(PLAN, epochs=60)
    return head().with_open(added(head().open, learn(head(), taught, np.random.default_rng(1), plan)))


def test_threat_32_a_backdoor_that_held_out_examples_do_not_show_is_caught_by_canaries() -> None:
    clean = clean_head()
    bad, held = backdoored(clean), cloud(200, 10)
    assert bad.right(triggered()) < 5 < 35 < clean.right(triggered())
    assert bad.right(held) >= clean.right(held) - 6  # which passes for an honest head
    easy = held.where(clean.marks(held).right & bad.marks(held).right)
    losses = bad.loss(easy) + 1.0  # a head that is surer in the mean passes the loss as well
    before = examine(clean, easy, triggered())
    before = msgspec.structs.replace(
        before, held=msgspec.structs.replace(before.held, losses=np.full(len(easy), losses))
    )
    without = examine(clean, easy, None).canaries
    assert no_worse(msgspec.structs.replace(before, canaries=without), examine(bad, easy, None)) == ""
    assert no_worse(before, examine(bad, easy, triggered())) == "no longer knows far"


def test_threat_32_a_backdoor_that_opens_in_use_is_reverted_within_an_hour() -> None:
    clean, clock = clean_head(), FakeClock()
    trial = Trial(clean, backdoored(clean), clock)
    plain, odd = cloud(30, 11), triggered()
    assert not any(trial.lost(x, int(y)) for x, y in zip(plain.x, plain.y, strict=True))
    seen = next(n for n, (x, y) in enumerate(zip(odd.x, odd.y, strict=True), 1) if trial.lost(x, int(y)))
    assert seen <= 5  # with one gesture every ten minutes that is less than an hour
    assert not trial.over
