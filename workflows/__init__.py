"""Running cases: the engine, and the verbs that start, advance and watch cases."""
