"""The built-in model's answers to the chains of the Design stage."""
