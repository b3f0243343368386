"""`hearth demo`: the demo home plays its story."""
