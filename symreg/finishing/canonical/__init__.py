"""One form for every law: what no fit can tell apart is written in one way."""
