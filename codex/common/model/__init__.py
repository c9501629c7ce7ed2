"""Whoever answers the chains' questions: providers, a script, a person; and what it costs."""
