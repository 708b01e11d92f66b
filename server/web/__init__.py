"""The edge: who asks, in which language, with which right; headers, errors and the pieces every page is made of."""
