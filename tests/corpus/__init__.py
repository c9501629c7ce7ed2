"""Functions that are right, and mutants of them that are wrong: what the checks are measured on."""
