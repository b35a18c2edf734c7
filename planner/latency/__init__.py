"""Round trips over a NetworkX graph, in integer microseconds."""
