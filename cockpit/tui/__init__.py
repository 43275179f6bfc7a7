"""The screen: it paints the state and asks the human. Decisions are made in `oms`."""
