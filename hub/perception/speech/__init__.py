"""From the sound of a sentence to its words: a grammar of this home for PocketSphinx, or faster-whisper."""
