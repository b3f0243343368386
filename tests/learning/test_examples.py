"""What a hub learns from: sealed, capped, expiring, labelled by use, and gone when it shall be."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from hub.core.clock import FakeClock
from hub.core.errors import StoreError, ValueRefusedError
from hub.learning.examples import Examples
from hub.learning.federated.home_pupil import HomePupil
from hub.learning.federated.kept_heads import KeptHeads
from hub.learning.kinds import KINDS
from hub.learning.labels import from_use
from hub.learning.sealing import Seal
from hub.store.database import Database

SMALL = {"presence": msgspec.structs.replace(KINDS["presence"], most=10)}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "hearth.db")
    yield opened
    await opened.close()


def reading(number: int) -> np.ndarray:
    return np.random.default_rng(number).uniform(-1, 1, 5).astype(np.float32)


async def filled(examples: Examples, clock: FakeClock, count: int) -> None:
    for number in range(count):
        await examples.add("presence", reading(number), "somebody" if number % 2 else "nobody")
        await clock.advance(60)


async def test_examples_come_back_and_a_quarter_is_held_out_for_good(database: Database, tmp_path: Path) -> None:
    clock = FakeClock()
    examples = Examples(database, Seal(tmp_path), clock)
    await filled(examples, clock, 80)
    learn_from, held = await examples.material("presence")
    assert len(learn_from) + len(held) == 80 and 8 <= len(held) <= 32
    assert {tuple(row) for row in (*learn_from.x, *held.x)} == {tuple(reading(n)) for n in range(80)}
    await filled(examples, clock, 40)
    _, later = await examples.material("presence")
    assert [tuple(row) for row in later.x[: len(held)]] == [tuple(row) for row in held.x]


async def test_nothing_on_disk_shows_an_example(database: Database, tmp_path: Path) -> None:
    clock = FakeClock()
    await filled(Examples(database, Seal(tmp_path), clock), clock, 8)
    await database.close()
    disk = b"".join(path.read_bytes() for path in tmp_path.glob("hearth.db*"))
    assert b"presence" in disk
    assert all(reading(n)[:2].tobytes() not in disk for n in range(8)) and b"somebody" not in disk
    assert (tmp_path / "examples.key").stat().st_mode & 0o777 == 0o600


async def test_another_key_opens_nothing_and_a_changed_record_is_left_out(database: Database, tmp_path: Path) -> None:
    clock = FakeClock()
    examples = Examples(database, Seal(tmp_path), clock)
    await filled(examples, clock, 8)
    other = tmp_path / "other"
    other.mkdir()
    learn_from, held = await Examples(database, Seal(other), clock).material("presence")
    assert len(learn_from) + len(held) == 0
    with sqlite3.connect(tmp_path / "hearth.db") as connection:
        connection.execute("UPDATE examples SET sealed = zeroblob(60) WHERE id = 3")
        connection.execute("UPDATE examples SET kind = 'wake' WHERE id = 4")
    learn_from, held = await examples.material("presence")
    assert len(learn_from) + len(held) == 6
    assert len((await examples.material("wake"))[0]) == 0


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Seal(tmp_path)
    (tmp_path / "examples.key").chmod(0o644)
    with pytest.raises(StoreError, match="others can read"):
        Seal(tmp_path)


async def test_no_more_are_kept_than_so_many_and_the_newest_stay(database: Database, tmp_path: Path) -> None:
    clock = FakeClock()
    examples = Examples(database, Seal(tmp_path), clock, SMALL)
    await filled(examples, clock, 25)
    learn_from, held = await examples.material("presence")
    assert {tuple(row) for row in (*learn_from.x, *held.x)} == {tuple(reading(n)) for n in range(15, 25)}
    tight = {"presence": msgspec.structs.replace(KINDS["presence"], most_bytes=500)}
    await filled(Examples(database, Seal(tmp_path), clock, tight), clock, 1)
    [status] = await examples.status()
    assert status.count >= 4 and status.bytes <= 500


async def test_examples_expire(database: Database, tmp_path: Path) -> None:
    clock = FakeClock()
    examples = Examples(database, Seal(tmp_path), clock)
    await filled(examples, clock, 4)
    await clock.advance(91 * 86_400)
    await examples.add("presence", reading(9), "nobody")
    assert sum(len(m) for m in await examples.material("presence")) == 1
    assert await examples.expire() == 4
    assert {s.kind: s.count for s in await examples.status()}["presence"] == 1


async def test_purging_everything_throws_the_key_away(database: Database, tmp_path: Path) -> None:
    clock = FakeClock()
    seal = Seal(tmp_path)
    examples = Examples(database, seal, clock)
    await filled(examples, clock, 4)
    sealed, key = seal.seal(b"x", "y"), (tmp_path / "examples.key").read_bytes()
    assert await examples.purge("gesture") == 0
    assert (tmp_path / "examples.key").read_bytes() == key
    assert await examples.purge() == 4
    with pytest.raises(StoreError):
        seal.open(sealed, "y")


@pytest.mark.parametrize(
    ("kind", "features", "label", "weight"),
    [
        ("sound", np.zeros(5, np.float32), "nobody", 1.0),
        ("presence", np.zeros(6, np.float32), "nobody", 1.0),
        ("presence", np.zeros(5, np.int16), "nobody", 1.0),  # as sound has it
        ("presence", np.zeros(5, np.uint8), "nobody", 1.0),  # as pictures have it
        ("presence", np.full(5, np.nan, np.float32), "nobody", 1.0),
        ("presence", np.full(5, 255.0, np.float32), "nobody", 1.0),
        ("presence", np.zeros(5, np.float32), "anna", 1.0),
        ("presence", np.zeros(5, np.float32), "nobody", 0.0),
        ("presence", np.zeros(5, np.float32), "nobody", float("nan")),
    ],
)
async def test_what_is_no_example_is_refused(
    database: Database, tmp_path: Path, kind: str, features: np.ndarray, label: str, weight: float
) -> None:
    with pytest.raises(ValueRefusedError):
        await Examples(database, Seal(tmp_path)).add(kind, features, label, weight)


def test_labels_come_from_use() -> None:
    kept = from_use("gesture", "thumb", "confirmed")
    undone = from_use("gesture", "thumb", "undone")
    refused = from_use("wake", "word", "not_you")
    assert kept is not None and (kept.label, kept.weight) == ("thumb", 1.0)
    assert undone is not None and (undone.label, undone.weight) == ("none", 0.5)
    assert refused is not None and (refused.label, refused.weight) == ("other", 1.0)
    assert from_use("gesture", "none", "undone") is None
    with pytest.raises(ValueRefusedError):
        from_use("gesture", "handstand", "confirmed")


async def test_what_was_learnt_outlives_a_restart_and_is_put_back_when_use_shows_it_bad(
    database: Database, tmp_path: Path
) -> None:
    clock, seal = FakeClock(), Seal(tmp_path)
    examples, heads = Examples(database, seal, clock), KeptHeads(database, seal, clock)
    used: list[str] = []
    pupil = await HomePupil.open("presence", examples, heads, clock=clock, changed=lambda h: used.append(h.base))
    good = pupil.own
    label = good.labels[int(good.network().logits(reading(1)[None]).argmax())]
    contrary = good.with_open([*good.open[:-2], -good.open[-2], -good.open[-1]])
    await pupil.keep(3, contrary, contrary, None)

    again = await HomePupil.open("presence", examples, heads, clock=clock)
    assert (again.round, again.own.base) == (3, contrary.base)

    await pupil.told(reading(1), label, "confirmed")
    assert pupil.own.base == contrary.base
    for _ in range(2):
        await clock.advance(600)
        await pupil.told(reading(1), label, "confirmed")
    assert pupil.own.base == good.base == used[-1]
    assert (await HomePupil.open("presence", examples, heads, clock=clock)).own.base == good.base


async def test_the_gesture_head_starts_as_the_network_that_comes_with_the_hub(
    database: Database, tmp_path: Path
) -> None:
    from hub.core.bundled import bundled
    from hub.inference.sessions import Sessions

    seal = Seal(tmp_path)
    pupil = await HomePupil.open("gesture", Examples(database, seal), KeptHeads(database, seal))
    x = np.random.default_rng(0).normal(size=(20, 42)).astype(np.float32)
    session = Sessions().open(bundled("models") / "gesture" / "gesture.onnx", threads=1)
    (wanted,) = session.run(None, {session.get_inputs()[0].name: x})
    np.testing.assert_allclose(pupil.own.network().probabilities(x), wanted, atol=1e-5)
    assert [w.shape for w in pupil.own.open] == [(24, 11), (11,)]
