"""Foreign engines, each in a child process of its own: Operon and PySR."""
