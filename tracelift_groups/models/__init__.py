"""Model calls: what a backend is, and the backends, one file each."""
