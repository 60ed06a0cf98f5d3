"""Edits of a reference trace, shared by the kinds."""
