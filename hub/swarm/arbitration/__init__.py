"""Exactly one stream of one hub answers a wake word."""
