/// Takes records out of a RecordIO stream: `<length in decimal>\n<that many bytes>`, again and again (Mesos 1.11,
/// stout/recordio.hpp). The stream may be cut into chunks anywhere.
///
///     length ──'\n'──▶ body ──all of it──▶ length …
///        └──not a digit, or too much──▶ broken   (for good: where the next record starts cannot be known)
package struct RecordReader: Sendable {
    private enum Phase {
        /// Digits are read; goes to `body` at the line feed, to `broken` at anything else.
        case length(digits: Int, value: Int)
        /// So many bytes are the record; goes to `length` when all are there.
        case body(Int)
        /// The stream cannot be read any further.
        case broken(RecordError)
    }

    private let limit: Int
    private var phase = Phase.length(digits: 0, value: 0)
    private var buffer: [UInt8] = []
    private var position = 0

    /// A reader at the start of a stream. A record of more than `limit` bytes ends it (256 MiB: an OFFERS event of a big
    /// cluster is one record of megabytes).
    package init(limit: Int = 256 << 20) { self.limit = limit }

    /// Bytes that have come but are not yet part of a whole record.
    package var pending: Int { buffer.count - position }

    /// Takes in the next chunk.
    package mutating func append(_ chunk: some Collection<UInt8>) {
        if position > 0, position >= buffer.count / 2 {
            buffer.removeFirst(position)
            position = 0
        }
        buffer.append(contentsOf: chunk)
    }

    /// The next record that has arrived whole; `nil` until more bytes come. A record may be empty.
    /// - Throws: where the stream is not RecordIO or a record is too long; every later call throws the same.
    package mutating func next() throws(RecordError) -> [UInt8]? {
        while true {
            switch phase {
            case .broken(let error): throw error
            case .length(let digits, let value):
                guard position < buffer.count else { return nil }
                let byte = buffer[position]
                position += 1
                phase = afterLengthByte(byte, digits: digits, value: value)
            case .body(let length):
                guard pending >= length else { return nil }
                let record = Array(buffer[position..<position + length])
                position += length
                phase = .length(digits: 0, value: 0)
                return record
            }
        }
    }

    private func afterLengthByte(_ byte: UInt8, digits: Int, value: Int) -> Phase {
        if byte == UInt8(ascii: "\n") { return digits > 0 ? .body(value) : .broken(.noLength) }
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return .broken(.notADigit(byte)) }
        let longer = value * 10 + Int(byte - UInt8(ascii: "0"))
        guard longer <= limit, digits < 20 else { return .broken(.tooLong(limit: limit)) }
        return .length(digits: digits + 1, value: longer)
    }
}

/// Why a stream is not RecordIO.
package enum RecordError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A record's length is empty.
    case noLength
    /// A record's length has something else than digits in it.
    case notADigit(UInt8)
    /// A record is longer than the reader takes (bytes).
    case tooLong(limit: Int)

    /// The error for a reader.
    package var description: String {
        switch self {
        case .noLength: "A record of the event stream has no length."
        case .notADigit(let byte):
            "The length of a record of the event stream has the byte \(byte) in it, which is no digit."
        case .tooLong(let limit): "A record of the event stream is longer than \(limit) bytes."
        }
    }
}

extension RecordReader {
    /// A record as it stands in a stream.
    package static func frame(_ record: [UInt8]) -> [UInt8] {
        Array("\(record.count)\n".utf8) + record
    }
}
