import CZlib
import FoundationEssentials

/// The form of a record in a znode: a version, a form, then JSON with sorted keys.
///
///     1j{…}                      JSON as it is, up to 1 KB: readable in any ZooKeeper shell
///     1z<4 bytes: length>…       the same, deflated (RFC 1950), the length of the JSON before it (big-endian)
struct RecordCodec {
    /// The JSON of what is longer is deflated.
    static let deflateAbove = 1024
    /// What claims to be longer than this once inflated is not believed.
    static let longest = 64 << 20

    private static let version = UInt8(ascii: "1")
    private static let plain = UInt8(ascii: "j")
    private static let deflated = UInt8(ascii: "z")

    private let encoder = JSONEncoder()
    private let decoder = JSONDecoder()

    init() { encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes] }

    /// The bytes of a record.
    /// - Throws: what JSONEncoder cannot write, which no record of Pacer's has.
    func encode(_ record: some Encodable) throws -> [UInt8] {
        let json = [UInt8](try encoder.encode(record))
        guard json.count > Self.deflateAbove else { return [Self.version, Self.plain] + json }
        let length = UInt32(json.count)
        let head = [Self.version, Self.deflated] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
        return head + Self.deflate(json)
    }

    /// The record of some bytes.
    /// - Throws: why they cannot be read.
    func decode<Record: Decodable>(_ type: Record.Type, from bytes: [UInt8]) throws(Unreadable) -> Record {
        let json = try Self.json(in: bytes)
        do {
            return try decoder.decode(type, from: Data(json))
        } catch {
            throw Unreadable("it is no \(type): \(Self.story(error))")
        }
    }

    /// Why bytes cannot be read, to be read after "the znode cannot be read".
    struct Unreadable: Error, Hashable {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private static func json(in bytes: [UInt8]) throws(Unreadable) -> [UInt8] {
        guard bytes.count >= 2 else { throw Unreadable("it has \(bytes.count) bytes and no head") }
        guard bytes[0] == version else {
            throw Unreadable(
                "its head does not say version 1 (first byte \(bytes[0])); a newer Pacer may have written it"
            )
        }
        switch bytes[1] {
        case plain: return Array(bytes[2...])
        case deflated: return try inflate(bytes)
        default: throw Unreadable("its head has the unknown form \(bytes[1])")
        }
    }

    private static func deflate(_ json: [UInt8]) -> [UInt8] {
        var length = compressBound(UInt(json.count))
        return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
            let code = compress2(buffer.baseAddress, &length, json, UInt(json.count), 6)
            // Only too small a buffer or no memory make it fail, and the buffer is as large as zlib wants it.
            precondition(code == Z_OK, "zlib could not deflate \(json.count) bytes: \(code)")
            count = Int(length)
        }
    }

    private static func inflate(_ bytes: [UInt8]) throws(Unreadable) -> [UInt8] {
        guard bytes.count > 6 else { throw Unreadable("it ends within its head") }
        let claimed = bytes[2..<6].reduce(0) { $0 << 8 | Int($1) }
        guard claimed <= longest else { throw Unreadable("its head claims \(claimed) bytes") }
        var length = UInt(claimed)
        var code = Z_OK
        let json = bytes[6...].withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: max(1, claimed)) { buffer, count in
                code = uncompress(buffer.baseAddress, &length, source.baseAddress, UInt(source.count))
                count = code == Z_OK ? Int(length) : 0
            }
        }
        guard code == Z_OK, json.count == claimed else {
            throw Unreadable("its deflated part is damaged (zlib's error \(code), \(length) of \(claimed) bytes)")
        }
        return json
    }

    private static func story(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context)) has no \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return "\(place(context)): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        return path.isEmpty ? "the record" : path.joined(separator: ".")
    }
}
