"""What may stand in a scenario file, as written and as resolved, and the priors that all files share."""
