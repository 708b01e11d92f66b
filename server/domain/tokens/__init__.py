"""Other programs that may ask and register: each by a token of its own, for what it was made for."""
