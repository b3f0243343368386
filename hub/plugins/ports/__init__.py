"""What plugins were granted, done for them by the hub."""
