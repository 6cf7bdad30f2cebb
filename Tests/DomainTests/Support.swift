import Domain

/// 32 bytes that differ where the input does; no SHA-256, but as good for tests.
let fakeSHA256: SHA256 = { bytes in
    var digest: [UInt8] = []
    for seed in UInt64(0)..<4 {
        var state = 0xCBF2_9CE4_8422_2325 &+ seed &* 0x9E37_79B9_7F4A_7C15
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for shift in UInt64(0)..<8 { digest.append(UInt8(truncatingIfNeeded: state >> (shift * 8))) }
    }
    return Digest(bytes: digest)
}
