"""The home's grammar, matching, conversation, replies and text to speech."""
