"""The API: the owner's online registration (S112), for other programs with a token. JSON only, no cookies."""
