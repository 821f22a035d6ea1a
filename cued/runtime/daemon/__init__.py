"""`cued daemon`: one loop that joins the life of sessions, the keys and the session that is on.

What may live here: the loop, what it knows of the world (`ports`), and the world itself, put together in `whole`. No rule of a
run: those are in `core`.
"""
