"""The page of joint laws of two columns."""
