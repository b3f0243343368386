"""A trained network as an ONNX file: the same numbers give the same bytes."""

from collections.abc import Sequence

import onnx
from onnx import TensorProto, helper, numpy_helper

from hub.learning.network import Network

OPSET = 17
_IR_VERSION = 8  # what every ONNX Runtime since 1.12 reads


def to_onnx(network: Network, labels: Sequence[str], *, name: str) -> bytes:
    """The network with a softmax: input `features` (n, in), output `probabilities` (n, classes), float32.

    The labels stand in the model's metadata, separated by commas. `ValueError` when there are not as many as classes.
    """
    if len(labels) != network.sizes[-1]:
        raise ValueError(f"{len(labels)} labels for {network.sizes[-1]} classes")
    nodes, constants, value = [], [], "features"
    layers = len(network.weights) // 2
    for layer in range(layers):
        matrix, bias = f"matrix{layer}", f"bias{layer}"
        constants.append(numpy_helper.from_array(network.weights[2 * layer], matrix))
        constants.append(numpy_helper.from_array(network.weights[2 * layer + 1], bias))
        nodes.append(helper.make_node("Gemm", [value, matrix, bias], [f"sum{layer}"]))
        value = f"sum{layer}"
        if layer + 1 < layers:
            nodes.append(helper.make_node("Relu", [value], [f"layer{layer}"]))
            value = f"layer{layer}"
    nodes.append(helper.make_node("Softmax", [value], ["probabilities"], axis=1))
    inputs = [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", network.sizes[0]])]
    outputs = [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", network.sizes[-1]])]
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="hearth")
    model.ir_version = _IR_VERSION
    helper.set_model_props(model, {"labels": ",".join(labels)})
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString(deterministic=True)
    return data
