"""Presence: who is where, believed from every sign that a room gives."""
