"""From export rows to real posts: identity, merging, and the columns read off time, author, address and text."""
