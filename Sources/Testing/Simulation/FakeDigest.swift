package import Domain

/// Stands in for SHA-256 where only equality counts: four FNV-1a sums with different beginnings.
package let fakeSHA256: SHA256 = { bytes in
    var sums: [UInt64] = [0xcbf2_9ce4_8422_2325, 0x9ae1_6a3b_2f90_404f, 0xc949_d7c7_509e_6557, 0xff51_afd7_ed55_8ccd]
    for byte in bytes {
        for index in 0..<4 { sums[index] = (sums[index] ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    return Digest(bytes: sums.flatMap { sum in (0..<8).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) } })
}
