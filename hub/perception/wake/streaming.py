"""openWakeWord's embedding network as an exact streaming network, by graph surgery.

Consecutive windows of the network share 68 of their 76 mel rows. All its convolutions over time are 'valid' and its
pools over time have stride 2, so a step needs only the 8 new rows if every convolution with a time kernel of 3 keeps
its last two input rows: each becomes an extra input and output of the graph. Rows may come in any multiple of 8, in
batches of any size.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import ModelError
from hub.inference.onnx_check import check_onnx
from hub.perception.wake.mel import ROWS

BINS = 32
FEATURES = 96
_TIME_CONVOLUTIONS = 11
WARM_UP_STEPS = 10
"""Steps after which the caches hold nothing of what was before (76 rows of context, in steps of 8)."""


def to_streaming(source: bytes) -> bytes:
    """The embedding network of openWakeWord (76 rows in, one embedding out), turned into a streaming one.

    Inputs: `mel` (batch, rows, 32, 1) with rows a multiple of 8, and `cache0`... (batch, channels, 2, width).
    Outputs: `embedding` (batch, rows / 8, 96) and `next0`..., the caches for the next step. It takes 30 ms, so it is
    done in memory at every start and written nowhere. Raises `ModelError` when the graph is built otherwise.
    """
    from onnx import TensorProto, helper, numpy_helper

    model = check_onnx(source, "embedding network")
    nodes, caches = _stream(model)
    if len(caches) != _TIME_CONVOLUTIONS or not all(width for *_, width in caches):
        raise ModelError("this is not the embedding network of openWakeWord", remedy="run `hearth models verify`")

    def describe(name: str, shape: list[Any]) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    numbers = {"minus2": -2, "end": 2**40, "axis2": 2}
    constants = [numpy_helper.from_array(np.array([v], np.int64), k) for k, v in numbers.items()]
    shapes = [["batch", *shape] for shape in caches]
    streaming = helper.make_graph(
        nodes,
        "streaming_embedding",
        [describe("mel", ["batch", "rows", BINS, 1]), *(describe(f"cache{i}", s) for i, s in enumerate(shapes))],
        [describe("embedding", ["batch", "steps", FEATURES]), *(describe(f"next{i}", s) for i, s in enumerate(shapes))],
        [*(i for i in model.graph.initializer if not i.name.startswith("new_shape")), *constants],
    )
    made = helper.make_model(streaming, opset_imports=model.opset_import, ir_version=model.ir_version)
    return bytes(made.SerializeToString())


def _stream(model: Any) -> tuple[list[Any], list[tuple[int, int, int]]]:
    """The streaming network's nodes, and the shape (channels, rows, width) of each convolution's cache."""
    from onnx import helper, shape_inference

    channels = {i.name: i.dims[1] for i in model.graph.initializer if len(i.dims) == 4}
    inferred = shape_inference.infer_shapes(model).graph.value_info
    widths = {v.name: v.type.tensor_type.shape.dim[-1].dim_value for v in inferred}
    caches: list[tuple[int, int, int]] = []
    nodes: list[Any] = []
    for position, node in enumerate(model.graph.node):
        data = node.input[0]
        if position == 0:
            node.input[0] = "mel"
        if node.op_type == "Reshape" and not caches:
            # (batch, rows, 34, 1) -> (batch, 1, rows, 34); the original writes the 76 into its shape
            nodes.append(helper.make_node("Transpose", [data], [node.output[0]], perm=[0, 3, 1, 2]))
            continue
        if node.op_type == "Reshape":
            nodes.append(helper.make_node("Transpose", [data], ["by_time"], perm=[0, 2, 3, 1]))
            nodes.append(helper.make_node("Squeeze", ["by_time", "axis2"], ["embedding"]))
            continue
        if node.op_type == "Conv" and _kernel(node)[0] == 3:
            number, width = len(caches), widths.get(data, 0) if caches else BINS + 2
            caches.append((channels[node.input[1]], 2, width))
            nodes.append(helper.make_node("Concat", [f"cache{number}", data], [f"joined{number}"], axis=2))
            cut = [f"joined{number}", "minus2", "end", "axis2"]
            nodes.append(helper.make_node("Slice", cut, [f"next{number}"]))
            node.input[0] = f"joined{number}"
        nodes.append(node)
    return nodes, caches


def _kernel(node: Any) -> list[int]:
    return next((list(a.ints) for a in node.attribute if a.name == "kernel_shape"), [0])


class Backbone:
    """Runs the streaming network. Caches of all streams lie side by side, a row ("slot") each."""

    def __init__(self, session: Any, slots: int = 8) -> None:
        """`session` is an ONNX Runtime session of what `to_streaming` made."""
        self._session = session
        inputs = session.get_inputs()
        self._names = [i.name for i in inputs[1:]]
        shapes = [[int(d) for d in i.shape[1:]] for i in inputs[1:]]
        blank = [np.zeros((1, *shape), np.float32) for shape in shapes]
        # A stream begins as the reference library's does: behind it lie rows of ones.
        ones = np.ones((1, ROWS * WARM_UP_STEPS, BINS, 1), np.float32)
        self._fresh = self._run(ones, blank)[1]
        self._caches = [np.repeat(cache, slots, axis=0) for cache in self._fresh]

    def _run(
        self, mel: NDArray[np.float32], caches: list[NDArray[np.float32]]
    ) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        embedding, *after = self._session.run(None, {"mel": mel, **dict(zip(self._names, caches, strict=True))})
        return embedding, after

    def grow(self, slots: int) -> None:
        """Make room for `slots` streams."""
        more = slots - len(self._caches[0])
        if more > 0:
            pairs = zip(self._caches, self._fresh, strict=True)
            self._caches = [np.concatenate([c, np.repeat(f, more, axis=0)]) for c, f in pairs]

    def reset(self, slot: int) -> None:
        """Make a slot that of a stream that has just begun."""
        for cache, fresh in zip(self._caches, self._fresh, strict=True):
            cache[slot] = fresh[0]

    def advance(self, slots: NDArray[np.intp], mel: NDArray[np.float32]) -> NDArray[np.float32]:
        """Feed rows, shape (n, 8 k, 32), to n slots -> embeddings, shape (n, k, 96)."""
        embedding, after = self._run(mel[..., None], [cache[slots] for cache in self._caches])
        for cache, new in zip(self._caches, after, strict=True):
            cache[slots] = new
        return embedding

    def embed_silence(self) -> NDArray[np.float32]:
        """The embedding of digital silence, shape (96,): what the reference library's feature buffer starts with."""
        rows = np.full((1, ROWS * WARM_UP_STEPS, BINS, 1), -8, np.float32)  # 1e-10 is -100 dB; -100 / 10 + 2
        silence: NDArray[np.float32] = self._run(rows, self._fresh)[0][0, -1]
        return silence
