"""Skills as files: made, signed, reviewed, installed."""
