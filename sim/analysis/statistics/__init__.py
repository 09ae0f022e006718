"""Intervals and scores, with the draw as the sampling unit."""
