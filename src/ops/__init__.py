"""What ``./wasl`` hands over to: the commands that run, test and check a checkout of Wasl."""
