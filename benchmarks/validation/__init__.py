"""Code that only checks the program: nothing a user runs depends on it."""
