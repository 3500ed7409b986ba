"""From rows of tokens to weights: recipe, data, optimiser, one step, the loop around it."""
