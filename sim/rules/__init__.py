"""Pure formulas of the model, compiled: one file per rule."""
