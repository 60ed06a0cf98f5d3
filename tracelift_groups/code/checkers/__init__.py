"""Checkers of code certificates: one file each."""
