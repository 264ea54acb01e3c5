"""What the Makefile and a maintainer run; no part of the product."""
