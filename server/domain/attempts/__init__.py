"""Failed tries: who guessed wrong how often, and how long they must wait."""
