"""What the API needs of the rooms that keep things, a file a subject."""
