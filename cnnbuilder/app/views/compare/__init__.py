"""Two designs side by side on one picture."""
