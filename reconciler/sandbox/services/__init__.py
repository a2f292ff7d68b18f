"""What moto lacks or gets wrong, a module or package for each service, found by convention."""
