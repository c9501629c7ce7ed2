"""Scenarios from criteria whose case is known in typed form: who calls what, and what is answered."""
