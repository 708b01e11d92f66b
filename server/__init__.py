"""The server behind every face: database, live state, deadlines, notices and the web."""
