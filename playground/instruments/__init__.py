"""What is held in the browser: the stage, the easel and the latent pad."""
