"""Pages about pairs, what their sides agree on and do, and teams."""
