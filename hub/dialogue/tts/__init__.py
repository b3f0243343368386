"""Text to speech: engines that are run as programs or reached over Wyoming, and the choice between them."""
