"""Architectures written by hand, from one table to twenty-five, for the compiler's tests."""
