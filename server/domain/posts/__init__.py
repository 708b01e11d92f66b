"""Posts: who is on duty and where, who covers for whom, and who has which floor tablet open.

A post is off, on post, at a meal, away with leave, or covering for somebody. The desk is never empty (S54): whoever is the last there
may leave only when somebody has taken over.
"""
