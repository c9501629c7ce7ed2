"""Junior Developer: writes the Function of every FunctionDefinition and shows that it works."""
