"""The tests, room by room; builders shared by all of them stand in ``builders.py``."""
