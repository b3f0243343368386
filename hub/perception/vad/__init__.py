"""Is somebody speaking? An energy gate first, then Silero."""
