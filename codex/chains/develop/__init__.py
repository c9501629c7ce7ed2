"""The questions of the Develop stage: write a function, write its tests, repair it."""
