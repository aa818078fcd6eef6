"""Pages of demands, claims and demand lists."""
