"""Where moto differs from AWS in what our resource types meet: one small file per service."""
