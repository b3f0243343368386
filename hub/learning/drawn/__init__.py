"""Drawn people and hands: pictures and films of nobody, for tests and for the demo, which finders take for real."""
