"""Builds the rooms from settings and starts them: the only file that knows them all."""
