"""From a design file, or a mapping, to a checked design: its form, its levels, its samples, its points as commands."""
