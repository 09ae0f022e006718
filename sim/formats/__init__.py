"""The table, the protocols and the way from the end of a talk to its outcome."""
