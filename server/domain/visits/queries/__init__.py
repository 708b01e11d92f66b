"""Named reads about visits: passes, the ladder, the lists of board and desk, the host's page, the receipt."""
