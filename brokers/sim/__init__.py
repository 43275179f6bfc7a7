"""The simulated venue: backtests and paper sessions trade on the same one."""
