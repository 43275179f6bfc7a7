"""A ticket by hand, without a screen: what is typed, what it would mean, and what is sent."""
