"""Chunks and frames in, typed events out: wake, vad, speech."""
