"""Parley: which talk format gets further, how likely, who would block it, and how much of the answer is assumption."""

__version__ = "0.1.0"
