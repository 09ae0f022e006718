"""From a resolved scenario to arrays: distributions, draws, composites, encoding."""
