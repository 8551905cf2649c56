/** Sorts tables and filters rows. The page is whole without it. */
