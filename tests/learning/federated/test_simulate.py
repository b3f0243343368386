"""Simulated rounds: the same seed gives the same lines, and the figures are in the order that they should be in."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from hub.core.errors import UsageError
from hub.learning.federated.simulate import SCENARIOS, simulate
from hub.learning.federated.simulated_tasks import hands_task, office_task
from hub.learning.network import Network


def test_the_same_seed_gives_the_same_lines() -> None:
    task = msgspec.structs.replace(hands_task(3, 5), rounds=2)
    first = list(simulate(task, SCENARIOS, 5))
    assert first == list(simulate(task, SCENARIOS, 5))
    assert tuple(line.scenario for line in first) == SCENARIOS
    lines = {line.scenario: line for line in first}
    assert lines["int8"].bytes < lines["fedavg"].bytes / 2
    assert lines["local"].bytes == 0


def test_eight_homes_learn_more_together_than_alone_from_drawn_hands() -> None:
    lines = {line.scenario: line for line in simulate(hands_task(8, 0), ("local", "fedavg", "hostile"), 0)}
    assert lines["fedavg"].accuracy > lines["local"].accuracy + 0.02
    hostile = lines["hostile"]
    assert hostile.without_gate is not None and hostile.accuracy > hostile.without_gate + 0.3


@pytest.mark.realdata
def test_the_offices_figures(data: Path) -> None:
    task = office_task(data / "presence" / "occupancy", 8, 0)
    assert sum(weight.size for weight in task.head.weights) == 57
    lines = {line.scenario: line for line in simulate(task, SCENARIOS, 0)}
    assert lines["central"].accuracy > 0.97 and lines["fedavg"].accuracy > 0.97
    assert lines["local"].accuracy < 0.93 < lines["skew"].accuracy
    assert lines["int8"].accuracy > 0.97 and lines["fedprox"].accuracy > 0.97
    hostile = lines["hostile"]
    assert hostile.without_gate is not None and hostile.without_gate < 0.4 and hostile.accuracy > 0.95


def test_a_folder_without_recordings_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no occupancy recording"):
        office_task(tmp_path, 4, 0)
    (tmp_path / "datatraining.txt").write_text('"date","Temperature"\n"1","2015",23,27\n')
    with pytest.raises(UsageError, match="no occupancy recording"):
        office_task(tmp_path, 4, 0)


def test_a_gradients_length_is_known_without_making_it() -> None:
    rng = np.random.default_rng(2)
    network = Network.fresh((4, 6, 5, 3), rng)
    x, y = rng.normal(size=(9, 4)).astype(np.float32), rng.integers(3, size=9)
    for row, length in enumerate(network.gradient_lengths(x, y)):
        alone = network.gradient(x[row : row + 1], y[row : row + 1])
        assert length == pytest.approx(np.sqrt(sum(float((g**2).sum()) for g in alone)), rel=1e-4)


def test_one_answer_says_yes_or_no() -> None:
    rng = np.random.default_rng(3)
    network = Network.fresh((2, 4, 1), rng)
    x, y = rng.normal(size=(6, 2)).astype(np.float32), rng.integers(2, size=6)
    logits = network.logits(x)
    assert logits.shape == (6, 2) and not logits[:, 0].any()
    before = network.loss(x, y)
    network.step([-0.1 * g for g in network.gradient(x, y)])
    assert network.loss(x, y) < before
