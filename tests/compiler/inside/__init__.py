"""What runs inside the sandbox, beside a compiled service: the checks of its conventions."""
