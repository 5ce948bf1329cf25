"""An experiment is one YAML file and one folder of results; this room reads the first and keeps the second.

``specification`` says what the file may hold, ``assembly`` makes a ``Problem`` of it, ``runner`` searches,
and ``store`` keeps ``runs/NAME/`` loadable at every instant, so that a run that was cut off goes on where it
was.
"""
