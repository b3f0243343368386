"""Hearth: a smart-home hub that hears, sees and anticipates with models that run at home."""

__version__ = "0.1.0"
