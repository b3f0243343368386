"""The floors of a running hub: each file builds the rooms of one, out of settings and the floors below."""
