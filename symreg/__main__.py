"""``python -m symreg`` is the command ``symreg``."""

from symreg.cli import main

main()
