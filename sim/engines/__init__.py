"""Two drivers of the same rules: many runs in machine code, one talk in Mesa."""
