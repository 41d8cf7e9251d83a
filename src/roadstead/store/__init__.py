"""Where the state is kept: in memory, with a log of records behind it. The outside of the state."""
