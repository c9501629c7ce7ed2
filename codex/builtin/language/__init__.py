"""Reads plain English: words, phrases, clauses, and what they say about a service."""
