"""The daemon scheduler: where DAEMON services have tasks, and when those leave."""
