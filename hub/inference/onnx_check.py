"""What a model file may not be: not ONNX, reaching for other files, absurdly large, or cyclic.

ONNX Runtime is native code that trusts what it is given; these checks come first (THREATS 39).
"""

import math
from typing import Any

from hub.core.errors import ModelError

MAX_BYTES = 2 * 1024**3 - 1
"""The largest message that protobuf can hold."""
MAX_DIM = 2**24
MAX_ELEMENTS = 2**31 - 1
_EXTERNAL = 1  # TensorProto.EXTERNAL
_MAX_DEPTH = 16


def check_onnx(data: bytes, place: str = "") -> Any:
    """Parse an ONNX model and return its `ModelProto`; `ModelError`, naming `place`, when it must not be run."""
    import onnx

    if not data or len(data) > MAX_BYTES:
        raise ModelError(f"{len(data)} bytes are no ONNX model", place=place, remedy=_REMEDY)
    try:
        model = onnx.load_from_string(data)
    except Exception as error:
        raise ModelError(f"not an ONNX model: {error}", place=place, remedy=_REMEDY) from error
    if not model.ir_version or not model.graph.node:
        raise ModelError("not an ONNX model: it has no graph", place=place, remedy=_REMEDY)
    _check_graph(model.graph, set(), place, 0)
    for function in model.functions:
        _check_nodes(function.node, place, 0)
    return model


_REMEDY = "take the model from a source that you trust, or run `hearth models verify`"


def _check_graph(graph: Any, outer: set[str], place: str, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise ModelError("its graphs are nested too deep", place=place, remedy=_REMEDY)
    for tensor in graph.initializer:
        _check_tensor(tensor, place)
    for sparse in graph.sparse_initializer:
        _check_tensor(sparse.values, place)
        _check_tensor(sparse.indices, place)
    for value in (*graph.input, *graph.output, *graph.value_info):
        dims = [d.dim_value for d in value.type.tensor_type.shape.dim]
        _check_dims(value.name, dims, place)
    known = outer | {i.name for i in graph.input} | {t.name for t in graph.initializer} | {""}
    known |= {s.values.name for s in graph.sparse_initializer}
    for node in graph.node:
        missing = next((i for i in node.input if i not in known), None)
        if missing is not None:
            # Nodes stand in topological order; an input that nothing before it makes is a cycle or a hole.
            text = f"node {node.name or node.op_type!r} reads {missing!r} before anything makes it (a cycle?)"
            raise ModelError(text, place=place, remedy=_REMEDY)
        _check_attributes(node, known, place, depth)
        known.update(node.output)


def _check_nodes(nodes: Any, place: str, depth: int) -> None:
    for node in nodes:
        _check_attributes(node, None, place, depth)


def _check_attributes(node: Any, known: set[str] | None, place: str, depth: int) -> None:
    for attribute in node.attribute:
        for tensor in (attribute.t, *attribute.tensors):
            _check_tensor(tensor, place)
        for graph in ([attribute.g] if attribute.HasField("g") else []) + list(attribute.graphs):
            if known is None:
                _check_nodes(graph.node, place, depth + 1)
            else:
                _check_graph(graph, known, place, depth + 1)


def _check_tensor(tensor: Any, place: str) -> None:
    if tensor.data_location == _EXTERNAL or tensor.external_data:
        text = f"tensor {tensor.name!r} lies in another file"
        raise ModelError(text, place=place, remedy="a model must be one file: save it without external data")
    _check_dims(tensor.name, list(tensor.dims), place)


def _check_dims(name: str, dims: list[int], place: str) -> None:
    if any(d < 0 or d > MAX_DIM for d in dims) or math.prod(d for d in dims if d) > MAX_ELEMENTS:
        raise ModelError(f"tensor {name!r} has the absurd shape {dims}", place=place, remedy=_REMEDY)
