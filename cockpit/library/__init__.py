"""The cockpit for a script: a session as an object, with the words of an order ticket and no second way to a venue."""
