"""What an administrator copies must fit the house that it starts."""
