"""What verifies a service from the inside of the sandbox; codex itself imports none of it."""
