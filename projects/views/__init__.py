"""Pages of projects and of whom they reach."""
