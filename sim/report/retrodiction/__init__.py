"""A retrodiction for people."""
