"""The lobby's face: visitors register themselves, without staff and without seeing anybody else's data.

One address, ``/kiosk``, shows whatever step the person has reached; the steps themselves are in a draft at the server, so the
browser's history and storage hold nothing of anybody. Every button is a POST; the answer is ``/kiosk`` again.
"""
