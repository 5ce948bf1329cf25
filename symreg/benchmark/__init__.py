"""The SRBench protocol: draw rows from a known law, search, and judge whether the law came back.

``problems`` reads what is to be found, ``sampling`` draws the rows, ``equivalence`` judges a formula, ``run``
does it all for a set of problems and keeps ``results.csv``. The ``form_`` files ask another question, with the same
processes and files: of tables that people bring, how often is the form of the law found?
"""
