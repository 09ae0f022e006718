"""Intervals, splits of variance and scores, with the draw as the sampling unit."""
