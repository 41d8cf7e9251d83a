"""Records as others see them: the shapes of the API, the payload of the agent."""
