"""A comparison for people: page, figures, tables, terminal."""
