"""Calls for a person from a kiosk."""
