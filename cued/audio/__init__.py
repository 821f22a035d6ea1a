"""Effects become sound: one mixer for every output, files and devices alike.

`commands` `tones` `mixdown` `limiter` `clockmap` `loudness` are pure (numbers in, numbers out); `wavfile` `offline`
`soundfile_in` touch files; `player` is the session's side of the child process (`process`) that owns PortAudio.
"""
