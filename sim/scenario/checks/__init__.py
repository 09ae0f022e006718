"""Whether a scenario of the right shape makes sense, and what is worth a second look."""
