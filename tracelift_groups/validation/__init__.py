"""Validation: numbered rules over groups, in memory and in files."""
