"""The hands: one class per thing touched, thin, and safe to run twice."""
