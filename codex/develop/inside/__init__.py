"""What runs inside the sandbox, beside the service under test; codex itself imports none of it."""
