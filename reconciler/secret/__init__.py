"""What a secret looks like: by the name it stands under, by its form, by how random it is. Pure."""
