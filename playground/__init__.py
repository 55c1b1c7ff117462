"""What pages are made of: the frame, the stage, runs, controls, the shelf."""
