"""Simple forecasts of numeric issues from tables of positions."""
