"""Rules of task definitions: what may be registered, what a task takes, what it needs.

One file per theme. `document.py` runs them all; each refuses with ECS's code and words.
"""
