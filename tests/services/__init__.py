"""Real servers for the tests, private and on free ports: PostgreSQL, Redis, and the house itself in production form."""
