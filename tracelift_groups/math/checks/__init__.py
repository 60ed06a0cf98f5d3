"""Measured scores of a trace: what is found in its text against the seed."""
