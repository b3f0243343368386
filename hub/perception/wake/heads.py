"""The words' own small networks: 16 embeddings (1.28 s) in, a score out, for any number of streams at once."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import ModelError
from hub.inference.onnx_check import check_onnx
from hub.inference.sessions import Sessions, read_model
from hub.perception.wake.streaming import FEATURES

WINDOW = 16
"""Embeddings that a word's network looks at."""


class WordHead:
    """One word's network."""

    def __init__(self, model: Path | bytes, sessions: Sessions, name: str) -> None:
        """Open a head in openWakeWord's format: input (1, 16, 96), output (1, 1). `ModelError` if it is not one."""
        self.name = name
        self._session = sessions.open(batched(read_model(model, name), name), name=name)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or list(inputs[0].shape[1:]) != [WINDOW, FEATURES] or outputs[0].shape[-1] != 1:
            raise ModelError("not a wake word model of openWakeWord (16 x 96 in, one score out)", place=name)
        self._input = inputs[0].name

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features (n, 16, 96) -> scores (n,), each 0 to 1."""
        scores: NDArray[np.float32] = self._session.run(None, {self._input: features})[0].reshape(len(features))
        return scores


def batched(source: bytes, place: str = "") -> bytes:
    """The same network for any batch size: a free first dimension, and no `If` that looks at one score only.

    Some heads run a second network where the first one's score is high enough (`If`). In a batch both are computed
    and `Where` chooses; the numbers are the same.
    """
    from onnx import helper

    model = check_onnx(source, place)
    graph = model.graph
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    nodes: list[Any] = []
    for node in graph.node:
        if node.op_type != "If":
            nodes.append(node)
            continue
        branches = {a.name: a.g for a in node.attribute}
        for branch in branches.values():
            graph.initializer.extend(branch.initializer)
            nodes.extend(branch.node)
        chosen = [node.input[0], branches["then_branch"].output[0].name, branches["else_branch"].output[0].name]
        nodes.append(helper.make_node("Where", chosen, [node.output[0]]))
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]
    return bytes(model.SerializeToString())
