"""Talk formats compared: counts of runs, estimates, the verdict."""
