"""Deciding: (state, input) -> events. Pure, and the one door to a venue."""
