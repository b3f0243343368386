"""Wyoming, both ways: the hub as a server of speech services, and satellites that it connects to."""
