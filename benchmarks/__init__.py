"""Measurements of codex, printed by `make bench` beside what they are compared to."""
