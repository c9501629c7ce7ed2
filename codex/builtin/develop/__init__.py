"""The built-in answers to the Developer's questions."""
