"""Bargaining games of a table and their stationary equilibria: what `strategy: equilibrium` plays is made here."""
