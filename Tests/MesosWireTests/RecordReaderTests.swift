import MesosWire
import Testing

struct RecordReaderTests {
    private func records(_ text: String, limit: Int = 1000) throws -> [String] {
        var reader = RecordReader(limit: limit)
        reader.append(Array(text.utf8))
        var found: [String] = []
        while let record = try reader.next() { found.append(String(decoding: record, as: UTF8.self)) }
        return found
    }

    @Test(
        arguments: [
            ("", []), ("3", []), ("3\nab", []), ("3\nabc", ["abc"]), ("3\nabc2\nde", ["abc", "de"]), ("0\n", [""]),
            ("0\n0\n1\na0\n", ["", "", "a", ""]), ("003\nabc", ["abc"]), ("2\n\n\n1\n\n", ["\n\n", "\n"]),
        ] as [(String, [String])]
    )
    func `records come out as they went in`(text: String, expected: [String]) throws {
        #expect(try records(text) == expected)
    }

    @Test(
        arguments: [
            ("\n", RecordError.noLength), ("3\nabc\n", .noLength), ("x", .notADigit(120)), ("1 \na", .notADigit(32)),
            ("-1\n", .notADigit(45)), ("1\r\na", .notADigit(13)), ("1001\n", .tooLong(limit: 1000)),
            ("99999999999999999999999999", .tooLong(limit: 1000)), ("000000000000000000000", .tooLong(limit: 1000)),
        ] as [(String, RecordError)]
    )
    func `what is no length ends the stream`(text: String, expected: RecordError) {
        #expect(throws: expected) { try records(text) }
    }

    @Test func `a broken stream stays broken`() {
        var reader = RecordReader()
        reader.append(Array("x5\nabcde".utf8))
        #expect(throws: RecordError.notADigit(120)) { try reader.next() }
        reader.append(Array("5\nabcde".utf8))
        #expect(throws: RecordError.notADigit(120)) { try reader.next() }
    }

    @Test func `a record at the limit passes`() throws {
        #expect(try records("1000\n" + String(repeating: "a", count: 1000)).map(\.count) == [1000])
    }

    @Test(arguments: UInt64(0)..<200)
    func `wherever the stream is cut, the records are the same`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let records = (0..<Int(random.next() % 40)).map { _ in
            (0..<Int(random.next() % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        var rest = records.flatMap { RecordReader.frame($0) }[...]
        var reader = RecordReader()
        var found: [[UInt8]] = []
        while !rest.isEmpty {
            let count = Int(random.next() % 50) + 1
            reader.append(rest.prefix(count))
            rest = rest.dropFirst(count)
            while let record = try reader.next() { found.append(record) }
        }
        #expect(found == records)
        #expect(reader.pending == 0)
    }

    @Test(arguments: UInt64(0)..<200)
    func `no bytes whatever bring the reader down`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var reader = RecordReader(limit: 500)
        let alphabet = Array("0123456789\n\n\n\nx\0".utf8)
        for _ in 0..<100 {
            reader.append((0..<20).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] })
            while let record = try? reader.next() { #expect(record.count <= 500) }
        }
    }
}

/// A small generator with a seed.
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
