"""A back-test for people."""
