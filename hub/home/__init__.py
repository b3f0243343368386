"""Areas, people, entities, exposure, command dispatch, and why things happened."""
