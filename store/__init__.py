"""What is kept: tables and queries. The journal only grows; texts and names can be erased."""
