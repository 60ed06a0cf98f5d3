"""Parses mathematical text: numbers, expressions, claims, quantities, whole traces."""
