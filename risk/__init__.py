"""The gate: rules that judge every order, and sizers. It judges; it cannot send."""
