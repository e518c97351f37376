"""Reminder plans as data. Read by an activity and kept with each mobility, never by a workflow."""
