"""How two hubs come to trust each other: a person at each, six digits, and nothing taken on trust before."""
