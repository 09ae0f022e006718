"""A scenario file for people: at a glance, and number by number."""
