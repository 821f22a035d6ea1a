"""How other programs and people steer a run: a protocol, a server on a Unix socket, a client.

What may live here: words on a socket in and out. What a command does to a session is decided behind the server's one seam,
`Desk`, in `runtime`.
"""
