"""Scenarios from criteria whose case is typed: who calls what, and what is answered."""
