"""The API, a file a subject: its routes, its JSON, and what it needs of other rooms (`*_port`)."""
