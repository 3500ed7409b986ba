"""What every host shares: one worker, the newest request wins, typing through, the project."""
