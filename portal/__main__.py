"""``python -m portal``."""

from portal.door import main

if __name__ == "__main__":
    main()
