"""Edits of a program and its plan that kinds are made of."""
