"""What every form says alike: values, differences, words of the enums, colours and widths."""
