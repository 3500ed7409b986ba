"""From probabilities to a text: coverings of held text, greedy steps, drafts, beams, ends."""
