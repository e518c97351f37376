"""What speaks for a host and how much, as data."""
