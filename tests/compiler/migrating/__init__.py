"""Migrations between pairs of Architectures, in the sandbox with rows in place."""
