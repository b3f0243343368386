"""Benchmarks, each beside the peer that it names."""
