"""The order management core: one loop, one state, one journal. It imports nothing else of ours."""
