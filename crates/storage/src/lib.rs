//! Studies and trials on disk.
