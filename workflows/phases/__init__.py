"""One phase of the journey per file, independent of one another."""
