"""Certificates of a home made for the tests."""

from hub.bench.mesh_hubs import BenchHome as Home

__all__ = ["Home"]
