"""Scores of a plan, measured in its text against the program of its seed."""
