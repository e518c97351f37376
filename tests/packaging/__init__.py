"""How the product is packaged: read and tried out, without a container engine."""
