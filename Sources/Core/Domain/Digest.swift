/// A SHA-256 in lower-case hexadecimal (64 characters).
package struct Digest: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The 64 hexadecimal digits.
    package let hex: String

    /// Wraps 64 lower-case hexadecimal digits.
    /// - Returns: `nil` for anything else.
    package init?(hex: String) {
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(Digest.isHexadecimal) else { return nil }
        self.hex = hex
    }

    /// Writes the 32 bytes of a SHA-256 as hexadecimal.
    package init(bytes: some Sequence<UInt8>) {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        precondition(text.count == 64, "a SHA-256 has 32 bytes, got \(text.count / 2)")
        self.hex = String(decoding: text, as: UTF8.self)
    }

    /// Reads the bare string.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let digest = Digest(hex: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a SHA-256: \(text)")
        }
        self = digest
    }

    /// Writes the bare string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }

    /// By the digits.
    package static func < (left: Digest, right: Digest) -> Bool { left.hex < right.hex }

    /// The first 12 digits, enough for a reader.
    package var short: Substring { hex.prefix(12) }

    /// All digits.
    package var description: String { hex }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

/// Hashes bytes with SHA-256. The core gets it handed in: hashing is a library's business.
package typealias SHA256 = @Sendable ([UInt8]) -> Digest
