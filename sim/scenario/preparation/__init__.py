"""From what is written to what is resolved: included files, codebooks, grids, overrides and variants."""
