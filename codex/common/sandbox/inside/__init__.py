"""What runs inside: standard library alone, because it starts before anything is installed.

warden      jails one command, watches its tree, ends it, reports
jail        what a child does to itself before it executes anything that is not ours
seccomp     the filter over system calls
landlock    the rules over files, ports and signals
watch       what a tree of processes uses
"""
