"""Edits of a reference trace that the kinds share."""
