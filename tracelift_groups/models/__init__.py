"""Model calls: the backend contract, and the backends, one file each."""
