"""How papers are drawn up: agreement, certificate, card and calendar, templates beside the code."""
