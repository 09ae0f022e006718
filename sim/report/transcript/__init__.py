"""One talk in plain words."""
