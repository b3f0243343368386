"""The ears: wake words, voice activity and speech joined in one sealed worker, and the hub's side of it."""
