"""Words, numbers in words, and the language of the report."""
