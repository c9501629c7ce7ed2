"""What the service benchmark runs inside the sandbox: a rival, and the clock."""
