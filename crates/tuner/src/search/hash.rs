//! A 64-bit hash for numbers that must look random and be reproducible.

/// Mixes 64 bits so that each input bit flips each output bit with probability near ½, without
/// collisions: the finaliser of `SplitMix64` (Steele, Lea and Flood 2014) with Stafford's
/// constants, variant 13.
pub(super) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_splitmix64() {
        // The first output of SplitMix64 seeded with 0 (Vigna's splitmix64.c) hashes its increment.
        assert_eq!(mix(0x9e37_79b9_7f4a_7c15), 0xe220_a839_7b1d_cdaf);
    }
}
