"""Faces that belong to the office and to people's phones; kiosk and floor tablet stand at the top of the tree."""
