"""One file for each strategy. A strategy has opinions; it cannot spell an order."""
