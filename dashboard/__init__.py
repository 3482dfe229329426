"""What marketers open: the pages and the weekly digest. Reads releases by their contracts, writes nothing into them."""
