//! What reproducibility depends on: the program's version and the processor's instruction set; and
//! the time of day.

/// The program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The instruction set of training on this machine, by the names of the x86-64 levels.
pub fn instruction_set() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if std::is_x86_feature_detected!("avx512f") {
            return "x86-64-v4";
        }
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
            return "x86-64-v3";
        }
    }
    std::env::consts::ARCH
}

/// The number of threads that this process may run at once.
pub fn n_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The time of day, to the second, in UTC.
pub fn now() -> String {
    format!("{:.0}", jiff::Timestamp::now())
}

/// The time of day as seconds since 1970; 0 before.
pub fn unix_seconds() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0)
}
