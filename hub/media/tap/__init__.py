"""Taps: sealed processes in which cameras and files are decoded, one process for each source."""
