"""Sound files of others: decoded in a sealed process, one for each file, which may die of it alone."""
