"""Finds, checks and runs skills and device integrations."""
