"""Backdrops: sums of many simple terms that exact tables tell apart afterwards; what else a law holds is sought before
them."""
