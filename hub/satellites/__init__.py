"""Audio from elsewhere in the home, and speech services for others: Wyoming."""
