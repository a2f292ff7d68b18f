"""One file for each way in which access is written down; `widened(turn)` of each gives losses."""
