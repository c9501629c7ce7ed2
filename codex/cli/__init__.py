"""The command line: argparse, with each command's module imported only when it is chosen."""
