"""What sensors, headphones and keys need alike to talk over D-Bus: a connection, deadlines, faults as sentences, addresses.

No bleak in here, and no word about what is on the other side.
"""
