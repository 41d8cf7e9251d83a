"""What agents and the control plane say to each other, for both sides, without sockets.

`messages` are the words, `frames` their spelling, `session_states` the grammar, and the four
session modules play it: stimulus in, list of outputs out. What ACS and TCS share is in
`agent_connection` for one side and `server_connection` for the other. Programs carry the frames
over a `Channel`.
"""
