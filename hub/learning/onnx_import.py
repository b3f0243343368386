"""A network back from the ONNX file that `onnx_export` wrote: what a hub goes on learning from."""

import onnx
from onnx import numpy_helper

from hub.core.bundled import bundled
from hub.core.errors import ModelError
from hub.learning.head import Head
from hub.learning.network import Network
from hub.perception.gesture.head import NETWORK_NAMES

_FROZEN_LAYERS = 2


def from_onnx(data: bytes) -> Network:
    """The network in an ONNX file of `to_onnx`. Raises `ModelError` for any other."""
    try:
        graph = onnx.load_model_from_string(data).graph
        arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    except Exception as error:  # onnx raises what protobuf raises, and that has no common base
        raise ModelError(f"no ONNX file: {error}") from error
    layers = len(arrays) // 2
    names = [f"{part}{layer}" for layer in range(layers) for part in ("matrix", "bias")]
    if not layers or set(names) != set(arrays):
        raise ModelError("no network of plain layers")
    return Network([arrays[name].astype("float32") for name in names])


def bundled_gesture() -> Head:
    """The gesture network that comes with the hub. Its first layers stay as they are; the last one learns."""
    network = from_onnx((bundled("models") / "gesture" / "gesture.onnx").read_bytes())
    return Head("gesture", NETWORK_NAMES, network.weights, frozen=_FROZEN_LAYERS)
