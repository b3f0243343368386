"""Model cards, the model store, ONNX sessions and their execution providers."""
