"""`hearth privacy`: what leaves this hub and what it keeps."""
