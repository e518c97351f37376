"""The portal: where whoever got a letter answers it, in a browser, under their own link."""
