"""The process pool of the library: builds, validation of files and comparison of formulas all run on it."""
