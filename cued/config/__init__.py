"""The user's configuration: one YAML file becomes `Settings`, or every problem in it at once.

`settings` declares each option once, with its kind, default, description and example; what else speaks of options (the
schema, `cued config show`, docs/configuration.md) is made from that or held to it. Without a file
pydantic is not imported.
"""
