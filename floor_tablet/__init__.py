"""The attendants' face on the meeting floors."""
