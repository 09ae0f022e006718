"""Stub."""

from sim.cli.console import InputError, choose, did_you_mean

__all__ = ["InputError", "choose", "did_you_mean"]
