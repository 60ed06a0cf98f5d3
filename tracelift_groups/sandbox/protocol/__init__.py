"""Messages and values exchanged between host and guest."""
