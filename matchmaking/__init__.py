"""How hosts and requests are brought together when there are many: fast, exact, and provable."""
