"""What crosses between host and guest."""
