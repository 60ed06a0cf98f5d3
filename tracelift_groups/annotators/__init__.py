"""Annotators: one file each."""
