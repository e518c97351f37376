"""Rate files: every figure with its source and status. Read by an activity, never by a workflow."""
