"""The typed documents that the stages hand on: frozen, versioned, checked at construction."""
