import Manifests

/// A file's bytes as text: where a byte stands, and whether the bytes are text at all.
struct FileText {
    let bytes: [UInt8]

    /// The length of the byte order mark that editors put before UTF-8.
    var markLength: Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    /// Whether the file begins as UTF-16 does.
    var looksLikeUTF16: Bool { bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) }

    /// How many lines begin with a `%TAG` directive.
    var tagDirectives: Int {
        let directive = Array("%TAG".utf8)
        var count = 0
        var lineStarts = true
        for index in bytes.indices {
            let byte = bytes[index]
            if lineStarts, byte == directive[0], bytes[index...].starts(with: directive) { count += 1 }
            lineStarts = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        }
        return count
    }

    /// The place of a byte, in lines and characters from 1. A byte order mark takes no column.
    func mark(ofByte offset: Int) -> Mark {
        var line = 1
        var column = 1
        var previous: UInt8 = 0
        for byte in bytes[min(markLength, offset)..<min(offset, bytes.count)] {
            if byte == UInt8(ascii: "\n"), previous == UInt8(ascii: "\r") {
                // The second half of one line break.
            } else if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            previous = byte
        }
        return Mark(line: line, column: column)
    }

    /// The byte that stands at a line and column, for hints.
    func byte(at mark: Mark) -> UInt8? {
        let lines = bytes.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
        guard lines.indices.contains(mark.line - 1) else { return nil }
        let starts = lines[mark.line - 1].filter { $0 & 0xC0 != 0x80 }
        return starts.indices.contains(mark.column - 1) ? starts[mark.column - 1] : nil
    }

    /// The offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7).
    func firstInvalidByte() -> Int? {
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            guard lead >= 0x80 else {
                index += 1
                continue
            }
            guard let length = sequenceLength(at: index, lead: lead) else { return index }
            index += length
        }
        return nil
    }

    private func sequenceLength(at index: Int, lead: UInt8) -> Int? {
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
        let rest = bytes[(index + 2)..<(index + length)]
        return rest.allSatisfy { $0 & 0xC0 == 0x80 } ? length : nil
    }
}
