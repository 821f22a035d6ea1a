"""The plan that leads through the six phases: what happened goes in, today's run and the reasons come out.

Pure: no clock, no files, no library but the language; days are counted and told from outside. `plan.step` decides,
`today.today` answers.
"""
