"""What the compiler and its rules find in whole platforms, before AWS is asked."""
