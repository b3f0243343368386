"""Wake words: every stream of the hub in one batched, streaming pass, and a second stage that is harder to fool."""
