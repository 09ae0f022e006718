"""Forecasts of numeric issues by simulated talks."""
