"""Opening models: what must not be run, threads, execution providers."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from hub.core.errors import ModelError, UsageError
from hub.inference import providers
from hub.inference.onnx_check import check_onnx
from hub.inference.providers import CPU, ProviderTiming, choose, offered_providers, probe_network, timings
from hub.inference.sessions import Sessions
from hub.inference.threads import ThreadBudget


def make(*, dims: tuple[int, ...] = (1, 4), nodes: list[onnx.NodeProto] | None = None) -> onnx.ModelProto:
    weight = numpy_helper.from_array(np.ones((4, 2), np.float32), "w")
    graph = helper.make_graph(
        nodes or [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(dims))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [weight],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def external(model: onnx.ModelProto, location: str) -> onnx.ModelProto:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return model


def test_a_sound_model_runs() -> None:
    session = Sessions().open(make().SerializeToString())
    assert (session.run(None, {"x": np.ones((1, 4), np.float32)})[0] == 4).all()


def hostile() -> dict[str, bytes]:
    cyclic = make(nodes=[helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Add", ["a", "x"], ["b"])])
    inner = external(make(), "../../secret").graph.initializer[0]
    hidden = make(nodes=[helper.make_node("Constant", [], ["y"], value=inner)])
    branch = helper.make_graph([helper.make_node("Constant", [], ["z"], value=inner)], "b", [], [])
    nested = make(nodes=[helper.make_node("If", ["x"], ["y"], then_branch=branch, else_branch=branch)])
    huge = make()
    huge.graph.initializer[0].dims[:] = [2**31, 2**31]
    return {
        "empty": b"",
        "pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
        "zip": b"PK\x03\x04" + bytes(100),
        "text": b"hello",
        "truncated": make().SerializeToString()[:-20],
        "external": external(make(), "../../etc/passwd").SerializeToString(),
        "external beside": external(make(), "weights.bin").SerializeToString(),
        "external in a constant": hidden.SerializeToString(),
        "external in a branch": nested.SerializeToString(),
        "absurd weights": huge.SerializeToString(),
        "absurd input": make(dims=(2**31, 2**31)).SerializeToString(),
        "negative": make(dims=(-5, 4)).SerializeToString(),
        "cyclic": cyclic.SerializeToString(),
        "no graph": onnx.ModelProto(ir_version=8).SerializeToString(),
    }


@pytest.mark.parametrize("kind", hostile())
def test_threat_39_a_hostile_model_is_refused_by_name(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(hostile()[kind])
    (tmp_path / "weights.bin").write_bytes(np.ones((4, 2), np.float32).tobytes())
    with pytest.raises(ModelError, match=r"model\.onnx"):
        Sessions().open(path)


def test_nested_graphs_may_read_what_is_outside_and_are_bounded() -> None:
    branch = helper.make_graph([helper.make_node("Neg", ["x"], ["z"])], "b", [], [])
    model = make(nodes=[helper.make_node("If", ["x"], ["y"], then_branch=branch, else_branch=branch)])
    check_onnx(model.SerializeToString())
    for _ in range(20):
        branch = helper.make_graph([helper.make_node("If", ["x"], ["z"], then_branch=branch)], "b", [], [])
    deep = make(nodes=[helper.make_node("If", ["x"], ["y"], then_branch=branch)])
    with pytest.raises(ModelError, match="too deep"):
        check_onnx(deep.SerializeToString())


def test_a_missing_file_and_an_unknown_operator_are_model_errors(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="hearth models pull"):
        Sessions().open(tmp_path / "none.onnx")
    budget = ThreadBudget(4)
    with pytest.raises(ModelError, match="cannot run it"):
        Sessions(budget).open(make(nodes=[helper.make_node("Zork", ["x"], ["y"])]).SerializeToString(), threads=3)
    assert budget.left == 3  # what it did not use was given back


def test_models_share_the_thread_budget() -> None:
    budget = ThreadBudget(4)
    assert budget.take(3) == 3
    assert budget.take(3) == 2
    assert budget.take(8) == 1  # nothing is left but the caller's own thread
    assert budget.take(1) == 1
    budget.give_back(3)
    assert budget.take(0) == 3
    for _ in range(9):
        budget.give_back(4)
    assert budget.left == 3
    assert ThreadBudget().total >= 1


def test_remote_providers_are_never_offered_and_names_are_checked() -> None:
    assert CPU in offered_providers()
    assert not any("Azure" in p for p in offered_providers())
    assert choose("cpu") == choose("CPUExecutionProvider") == (CPU,)
    with pytest.raises(UsageError, match="'azure'"):
        choose("azure")


def test_the_fastest_provider_is_chosen_when_it_is_clearly_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "offered_providers", lambda: ("FastExecutionProvider", CPU))

    def measured(fast_ms: float, problem: str = "") -> tuple[str, ...]:
        return choose(
            measure=lambda: [ProviderTiming("FastExecutionProvider", fast_ms, problem), ProviderTiming(CPU, 10)]
        )

    assert measured(2.0) == ("FastExecutionProvider", CPU)
    assert measured(9.0) == (CPU,)  # not worth it
    assert measured(0.0, "no driver") == (CPU,)
    assert choose("fast") == ("FastExecutionProvider", CPU)


def test_providers_are_measured_once_per_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def measure() -> list[ProviderTiming]:
        nonlocal calls
        calls += 1
        return [ProviderTiming(CPU, float(calls))]

    first = timings(tmp_path, measure=measure)
    assert timings(tmp_path, measure=measure) == first and calls == 1
    monkeypatch.setattr(providers, "_machine", lambda: "another")
    assert timings(tmp_path, measure=measure) != first and calls == 2
    (tmp_path / "providers.json").write_text("nonsense")
    timings(tmp_path, measure=measure)
    assert calls == 3
    timings(tmp_path / "providers.json" / "no folder", measure=measure)
    assert calls == 4


def test_the_probe_really_runs() -> None:
    found = providers._measure()
    assert {t.provider for t in found} == set(offered_providers())
    assert next(t for t in found if t.provider == CPU).ms > 0
    assert Sessions().open(probe_network()).get_inputs()[0].shape == [1, 24, 80, 32]
