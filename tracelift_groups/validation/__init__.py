"""Validation: numbered rules for groups, in memory and in files."""
