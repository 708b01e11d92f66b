"""The page of a room's QR, for the people in a meeting: tea, a technician, somebody, quiet, more time; whoever holds its link."""
