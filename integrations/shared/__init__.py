"""What every host shares: one worker, newest request wins, type-through, the project."""
