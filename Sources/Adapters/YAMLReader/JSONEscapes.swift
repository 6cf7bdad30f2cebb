/// JSON writes characters beyond U+FFFF as two escapes (`\ud83d\ude00`), which YAML does not know. In this one thing
/// JSON is no YAML, so such pairs are replaced by the character before libyaml reads the file.
enum JSONEscapes {
    /// The bytes with pairs of surrogate escapes replaced. Files that do not begin as JSON are left alone: in a bare or
    /// single-quoted YAML text a backslash is a backslash.
    static func resolved(_ bytes: [UInt8]) -> [UInt8] {
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return bytes }
        guard let start = firstPair(in: bytes) else { return bytes }
        var result = Array(bytes[..<start])
        result.reserveCapacity(bytes.count)
        var index = start
        while index < bytes.count {
            if let scalar = pair(in: bytes, at: index) {
                result.append(contentsOf: String(Character(scalar)).utf8)
                index += 12
            } else if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count {
                // An escaped backslash does not begin an escape.
                result.append(contentsOf: bytes[index...(index + 1)])
                index += 2
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    private static func firstPair(in bytes: [UInt8]) -> Int? {
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                if pair(in: bytes, at: index) != nil { return index }
                index += 1
            }
            index += 1
        }
        return nil
    }

    /// The character that two escapes at `index` stand for.
    private static func pair(in bytes: [UInt8], at index: Int) -> Unicode.Scalar? {
        guard let high = unit(in: bytes, at: index), (0xD800...0xDBFF).contains(high) else { return nil }
        guard let low = unit(in: bytes, at: index + 6), (0xDC00...0xDFFF).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    }

    private static func unit(in bytes: [UInt8], at index: Int) -> UInt32? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        return UInt32(String(decoding: bytes[(index + 2)..<(index + 6)], as: UTF8.self), radix: 16)
    }
}
