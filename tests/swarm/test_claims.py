import contextlib
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import ProtocolError
from hub.perception.ears.trail import LEVELS
from hub.swarm.arbitration.claims import (
    MOST_CLAIMS,
    Answers,
    Claim,
    Ended,
    Say,
    decode,
    encode,
    probability,
    strength,
)

A_CLAIM = Claim(
    hub="a",
    number=1,
    stream="microphone",
    word="alexa",
    probability=0.9,
    energy_db=30.0,
    presence=0.5,
    onset=10.0,
    ends=10.8,
    levels=bytes(range(LEVELS)),
)


@pytest.mark.parametrize(
    "message",
    [
        Say(now=1.0, claims=(A_CLAIM,), asks=1, about=("a", 1), perhaps=2.5),
        Say(now=1.0, about=("b", 7)),
        Answers(now=2.0, claim=A_CLAIM, age=0.5, instead=("b", 3)),
        Ended(now=3.0, claim=("a", 1)),
    ],
)
def test_messages_come_back_as_they_went(message: Say | Answers | Ended) -> None:
    assert decode(encode(message)) == message


def test_a_claim_is_small() -> None:
    assert len(encode(Say(now=1e9 / 7, claims=(A_CLAIM,), asks=1, about=("a", 1)))) < 250


@pytest.mark.parametrize(
    "change",
    [
        {"probability": math.nan},
        {"probability": 1.5},
        {"presence": -0.1},
        {"energy_db": math.inf},
        {"onset": math.nan},
        {"ends": -math.inf},
        {"levels": b""},
        {"levels": bytes(LEVELS + 1)},
        {"word": "x" * 1000},
    ],
)
def test_claims_out_of_bounds_are_refused(change: dict[str, object]) -> None:
    claim = msgspec.structs.replace(A_CLAIM, **change)
    with pytest.raises(ProtocolError):
        decode(encode(Say(now=0.0, claims=(claim,))))
    with pytest.raises(ProtocolError):
        decode(encode(Answers(now=0.0, claim=claim)))


def test_too_many_claims_are_refused() -> None:
    with pytest.raises(ProtocolError):
        decode(encode(Say(now=0.0, claims=(A_CLAIM,) * (MOST_CLAIMS + 1))))


@given(st.binary(max_size=300))
def test_rubbish_is_refused(body: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        decode(body)


def test_a_better_score_is_likelier_and_never_certain() -> None:
    assert 0.5 < probability(0.3) < probability(0.5) < probability(0.9) < probability(1.0) < 1


def test_what_speaks_for_a_claim() -> None:
    assert strength(0.9, 36.0, 0.5) > 1.9 * strength(0.9, 30.0, 0.5)
    assert strength(0.9, 30.0, 0.9) > strength(0.9, 36.0, 0.2)
    assert strength(0.9, 30.0, 0.0) == strength(0.9, 30.0, 0.2)
    assert strength(1.0, 1e9, 9.0) == strength(1.0, 80.0, 1.0)
