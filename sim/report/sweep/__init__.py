"""A sweep for people: one page with figures, and a few lines for the terminal."""
