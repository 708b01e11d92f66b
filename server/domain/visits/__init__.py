"""Visits: expected, waiting, met, in, out; invitations, passes, and what the host answered."""
