"""How a browser becomes a device: by a one-time link, or by a pairing code that the desk approves. Shown on the device itself."""
