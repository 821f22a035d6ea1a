"""How other programs and people steer a run: a protocol, a server on a Unix socket, a client; keys on headsets and pins.

What may live here: words on a socket in and out, keys as plain values. What a command or a key does to a session is decided in
`runtime`, for commands behind the server's one seam, `Desk`.
"""
