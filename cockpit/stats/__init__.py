"""Figures made from what happened: counts of a run."""
