"""The skills of a home: found, started, called, switched and told of."""
