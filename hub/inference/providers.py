"""Which of the execution providers that ONNX Runtime offers on this machine runs models fastest.

Measured once per machine and ONNX Runtime version, and remembered beside the models; settings' `[models] provider`
overrides it. Small streaming models gain nothing from an accelerator that has to be fed through a bus, so the
processor keeps the work unless another provider is clearly faster.
"""

import contextlib
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from msgspec import Struct

from hub.core.errors import UsageError
from hub.inference.runtime import onnx_runtime

CPU: Final = "CPUExecutionProvider"
REMOTE: Final = frozenset({"AzureExecutionProvider"})
"""Providers that compute elsewhere: never used, sound and picture stay at home."""
CLEARLY_FASTER: Final = 1.3
_RUNS: Final = 15
_FILE: Final = "providers.json"


class ProviderTiming(Struct, frozen=True):
    """Median milliseconds of a run of the probe network; `problem` says why a provider cannot be used."""

    provider: str
    ms: float = 0.0
    problem: str = ""


class Measured(Struct, frozen=True):
    """What was measured, and on what."""

    machine: str
    timings: tuple[ProviderTiming, ...]


def choose(
    wanted: str = "auto", *, cache: Path | None = None, measure: Callable[[], Sequence[ProviderTiming]] | None = None
) -> tuple[str, ...]:
    """The providers to open sessions with, best first, the processor always last as the fallback.

    `wanted` is a provider's name ("CUDAExecutionProvider", or "cuda" for short) or "auto": then the fastest by
    `timings(cache)`. Raises `UsageError` for one that this machine does not have.
    """
    offered = offered_providers()
    if wanted != "auto":
        names = {name.removesuffix("ExecutionProvider").lower(): name for name in offered}
        name = names.get(wanted.removesuffix("ExecutionProvider").lower())
        if name is None:
            known = ", ".join(names)
            raise UsageError(f"there is no execution provider {wanted!r} here", remedy=f"use auto, or one of {known}")
        return (name,) if name == CPU else (name, CPU)
    if offered == (CPU,):
        return (CPU,)
    known_ms = {t.provider: t.ms for t in timings(cache, measure=measure) if not t.problem and t.provider in offered}
    fastest = min(known_ms, key=lambda name: known_ms[name], default=CPU)
    if fastest == CPU or known_ms[fastest] * CLEARLY_FASTER > known_ms.get(CPU, float("inf")):
        return (CPU,)
    return (fastest, CPU)


def offered_providers() -> tuple[str, ...]:
    """What ONNX Runtime offers on this machine, without those that compute elsewhere."""
    return tuple(p for p in onnx_runtime().get_available_providers() if p not in REMOTE)


def timings(
    cache: Path | None = None, *, measure: Callable[[], Sequence[ProviderTiming]] | None = None
) -> tuple[ProviderTiming, ...]:
    """How fast each provider is: remembered in the folder `cache` where given and still true, else measured now."""
    machine = _machine()
    if cache is not None:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            known = msgspec.json.decode((cache / _FILE).read_bytes(), type=Measured)
            if known.machine == machine:
                return known.timings
    fresh = tuple((measure or _measure)())
    if cache is not None:
        with contextlib.suppress(OSError):  # a cache that cannot be written only costs the measuring again
            cache.mkdir(parents=True, exist_ok=True)
            temporary = cache / f".{_FILE}.{time.monotonic_ns()}"
            temporary.write_bytes(msgspec.json.encode(Measured(machine, fresh)))
            temporary.replace(cache / _FILE)
    return fresh


def _machine() -> str:
    version = onnx_runtime().__version__
    return f"{platform.platform()} {platform.processor()} ort {version} {','.join(offered_providers())}"


def _measure() -> list[ProviderTiming]:
    probe = probe_network()
    return [_time(provider, probe) for provider in offered_providers()]


def _time(provider: str, probe: bytes) -> ProviderTiming:
    onnxruntime = onnx_runtime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(probe, options, providers=[provider])
        if session.get_providers()[0] != provider:
            return ProviderTiming(provider, problem="it could not be started")
        feed = {"x": np.zeros((1, 24, 80, 32), np.float32)}
        took = []
        for _ in range(_RUNS):
            began = time.perf_counter()
            session.run(None, feed)
            took.append(time.perf_counter() - began)
    except Exception as error:  # whatever a driver raises only rules that driver out
        return ProviderTiming(provider, problem=str(error).splitlines()[0][:200])
    return ProviderTiming(provider, ms=round(sorted(took)[_RUNS // 2] * 1e3, 4))


def probe_network() -> bytes:
    """A network of the kind that the hub runs: eight small convolutions, 24 channels, 80 x 32."""
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(0)
    weights: list[Any] = []
    nodes: list[Any] = []
    for layer in range(8):
        kernel = (rng.standard_normal((24, 24, 3, 3)) / 15).astype(np.float32)
        weights.append(numpy_helper.from_array(kernel, f"w{layer}"))
        source, target = ("x" if layer == 0 else f"r{layer - 1}"), ("y" if layer == 7 else f"r{layer}")
        nodes.append(helper.make_node("Conv", [source, f"w{layer}"], [f"c{layer}"], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{layer}"], [target]))
    shape = [1, 24, 80, 32]
    graph = helper.make_graph(
        nodes,
        "probe",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(model.SerializeToString())
