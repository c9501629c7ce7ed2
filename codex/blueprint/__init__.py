"""What of an Architecture follows from its Specification by code alone: pure, no model, no I/O."""
