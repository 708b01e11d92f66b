"""The attendants' face on the meeting floors: a tablet on the wall or the trolley, opened by whoever takes it with their PIN.

Locked, it shows who may open it and nothing else. Open, it has a head (who, who is on post, the hour), bands for what asks, the page, and
a bar with the places. A page is a route with a template that extends ``tablet/base.html``; a place in the bar is a line in ``places``.
"""
