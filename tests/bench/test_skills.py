import pytest

from hub.bench import skills
from hub.bench.names import BENCHES

pytestmark = pytest.mark.sealed


def test_every_figure_is_there_beside_its_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skills, "STARTS", 2)
    monkeypatch.setattr(skills, "CALLS", 60)
    assert BENCHES["skills"] == "hub.bench.skills"
    told = {m.measure: m for m in skills.measure()}
    assert list(told) == [
        "the first caged skill of a hub",
        "each after it, p50",
        "memory of its own",
        "a call and its answer, p50",
        "a call beside a skill that burns, p95",
    ]
    assert all(m.ours > 0 for m in told.values())
    assert all(m.ratio for name, m in told.items() if name in ("each after it, p50", "memory of its own"))
