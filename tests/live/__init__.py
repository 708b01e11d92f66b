"""The live wire, driven over real sockets against a real server."""
