"""The mesh's benchmark, small: what it prints, and that it judges; the figures are not for a test."""

import pytest

from hub.bench import mesh
from hub.bench.mesh_websocket import PEER
from hub.bench.names import BENCHES


def test_it_has_a_name() -> None:
    assert BENCHES["mesh"] == "hub.bench.mesh"


def test_percentiles() -> None:
    values = [float(number) for number in range(1, 101)]
    assert mesh.percentile(values, 0.5) == 51
    assert mesh.percentile(values, 0.99) == 100
    assert mesh.percentile([1.0], 0.99) == 1


@pytest.mark.slow
async def test_a_small_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mesh, "_ROUNDS", 1)
    measures = await mesh._measure(hubs=3, count=2_000, pings=50)
    by_name = {m.measure: m for m in measures}
    assert len(by_name) == 6
    assert {m.bench for m in measures} == {"mesh"}
    assert all(m.ours > 0 for m in measures)
    rate = by_name["messages of 1 KiB a second between two hubs"]
    assert rate.peer is not None and rate.peer > 0 and rate.peer_name == PEER
    assert by_name["until all 2 others notice a hub that dies"].target == mesh.TARGET_KILL_MS
    assert by_name["until all 1 others notice a hub that hangs"].target == mesh.TARGET_STOP_S
