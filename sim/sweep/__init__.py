"""Sweeps: a design of many scenarios that differ in a few things, played part by part and kept where it can resume."""
