"""Formulas that others suspect, as a backend: from files, programs, and a library of textbook laws."""
