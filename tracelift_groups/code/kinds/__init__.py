"""Kinds of flaw in a plan: one file each."""
