"""Files as people write them: YAML with a line for every path, and problems told so that they can be mended."""
