"""Trainers: one file each, reached by name only."""
