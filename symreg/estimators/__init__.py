"""Doors for those who know scikit-learn."""
