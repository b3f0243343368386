"""Sealing: how a process cuts itself off from network, files and programs, and whether that holds."""
