"""Published schemas and facts, and the generators that write them."""
