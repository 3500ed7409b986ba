"""How good an exported model is, measured on the outside: files and the public engine API.

    files       which held-out files, and how much of each
    scores      bits per byte and next-token accuracy, under the window the engine would roll
    carets      random places in files where a suggestion is asked for
    lines       how much of the rest of a line is right
    parsing     whether a file with the suggestion in it still parses
    sources     who suggests: the engine, or a baseline
    replay      typing files character by character, accepting what is right
    report      all of it, as one JSON object or a table

Nothing here knows checkpoints or training, and nothing of a file is seen before it is scored.
"""
