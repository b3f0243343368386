"""The eyes: cameras through the sealed vision worker, what was seen as events."""
