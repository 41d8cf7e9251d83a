"""ACS and TCS: messages and sessions of the agent protocol, without sockets."""
