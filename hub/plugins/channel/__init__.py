"""What the hub and a plugin say to each other, and both ends of it."""
