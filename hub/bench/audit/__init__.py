"""The privacy audit: a hub is given a sound and a picture that nobody has, and everything that it left is searched."""
