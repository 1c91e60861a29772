//! The program `tune`.
fn main() {}
