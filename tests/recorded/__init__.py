"""Runs in which a capable writer answered every question, kept to be built from again."""
