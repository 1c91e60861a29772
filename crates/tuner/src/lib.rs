//! What to try next, what to keep, what is better.
