"""Checkers of certificates, one file each."""
