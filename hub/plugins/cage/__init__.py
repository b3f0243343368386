"""Where the code of strangers runs, and how it is held."""
