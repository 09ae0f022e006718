"""Rational benchmarks: zone of possible agreement, Nash and other solutions, the equilibrium beside the talks."""
