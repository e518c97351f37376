"""The stories. Deterministic: they touch the world through activities only."""
