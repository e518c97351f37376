"""How letters look and how they leave."""
