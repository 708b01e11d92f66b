"""Half-filled forms of a kiosk, kept at the server so that the browser keeps nothing."""
