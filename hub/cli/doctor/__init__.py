"""`hearth doctor`: everything that could be wrong here, a file a concern."""
