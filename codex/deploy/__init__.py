"""Build Engineer: compiles, verifies, packages and deploys the finished service."""
