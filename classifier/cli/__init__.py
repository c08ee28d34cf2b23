"""The command line, `cmc`: a thin layer over the library."""
