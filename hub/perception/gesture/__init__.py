"""Gestures: from the joints of a hand to what it says."""
