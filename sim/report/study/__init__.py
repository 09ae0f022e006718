"""Findings of studies and of mechanisms for people."""
