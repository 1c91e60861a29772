//! A small neural network, honestly cross-validated.
