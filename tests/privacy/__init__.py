"""What a whole running host does to the network, the disk, the screen and the user's keys."""
