"""Drawings: shapes on a sheet, as SVG and as PNG."""
