import Domain
import Manifests

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

/// Random numbers that are the same in every run.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A file as git brings it.
func file(_ path: String, _ text: String) -> SourceUpdate.File {
    let bytes = Array(text.utf8)
    return SourceUpdate.File(path: path, blob: fakeSHA256(bytes).hex, content: bytes, size: bytes.count)
}
