"""Bodies of functions from typed rules, as somebody who knows SQLModel would write them."""
