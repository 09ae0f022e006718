"""Forecasts of decisions with known outcomes, fitted and scored out of fold."""
