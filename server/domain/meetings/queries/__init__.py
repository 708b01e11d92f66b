"""Reads of meetings, by who asks."""
