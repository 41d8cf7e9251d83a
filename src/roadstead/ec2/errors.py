"""The error codes of this service, each a function that makes the ApiError to raise."""
