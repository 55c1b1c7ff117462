"""The page of pixels: pictures as rows of categories, and how far products, mixtures and a tree come with them."""
