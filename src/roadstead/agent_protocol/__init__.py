"""What agents and the control plane say to each other, for both sides, without sockets.

`messages` are the words, `frames` their spelling, `session_states` the grammar, and the four
session modules play it: stimulus in, list of outputs out. Programs carry them over a `Channel`.
"""
