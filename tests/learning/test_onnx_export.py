"""Networks as ONNX."""

import numpy as np
import pytest

from hub.inference.sessions import Sessions
from hub.learning.network import Network
from hub.learning.onnx_export import to_onnx


def test_onnx_runtime_gives_what_the_network_gives() -> None:
    rng = np.random.default_rng(0)
    network = Network.fresh((5, 7, 4, 3), rng)
    network.weights[1][:] = rng.normal(size=7)
    data = to_onnx(network, ("a", "b", "c"), name="x")
    assert to_onnx(network, ("a", "b", "c"), name="x") == data
    session = Sessions().open(data)
    x = rng.normal(size=(9, 5)).astype(np.float32)
    (found,) = session.run(["probabilities"], {"features": x})
    np.testing.assert_allclose(found, network.probabilities(x), atol=1e-6)
    assert session.get_modelmeta().custom_metadata_map["labels"] == "a,b,c"


def test_labels_must_be_as_many_as_classes() -> None:
    with pytest.raises(ValueError, match="2 labels for 3"):
        to_onnx(Network.fresh((5, 3), np.random.default_rng(0)), ("a", "b"), name="x")
