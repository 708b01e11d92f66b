"""The proof of the house: the folders mirror the tree, and beside them stand flows, browser, architecture, prove and bench."""
