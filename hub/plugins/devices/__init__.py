"""The device integrations of a home: configured, run, and their updates checked."""
