"""Audio chunks and video frames, their sources and sinks, and the rules of raw media."""
