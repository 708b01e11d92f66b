"""Meetings: intake, run sheets, tea, changes that must be seen, and the registers that write themselves."""
