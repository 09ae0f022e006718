"""What theory says of one format, for people."""
