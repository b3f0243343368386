"""What one hub does for all: which one, how it moves when that hub dies, and that it is not done twice."""
