import Domain
import Manifests
import OrderedCollections

/// A reader of flow YAML (JSON with bare words), enough to feed the core without libyaml. `---` parts documents.
let flowYAML: YAMLParser = { bytes in
    var parser = FlowParser(bytes: bytes)
    return parser.file()
}

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

/// A file as git brings it; equal texts have equal blobs.
func file(_ path: String, _ text: String) -> SourceUpdate.File {
    let bytes = Array(text.utf8)
    return SourceUpdate.File(path: path, blob: fakeSHA256(bytes).hex, content: bytes, size: bytes.count)
}

/// An update of the source `test`.
func update(_ files: SourceUpdate.Files) -> SourceUpdate {
    SourceUpdate(
        source: "test",
        revision: Revision("r1"),
        tree: "t1",
        author: "Ada",
        committed: Instant(milliseconds: 0),
        subject: "a commit",
        descends: true,
        files: files
    )
}

/// A source of which nothing is known yet.
func emptySource(group: GroupID = .root, environment: String? = nil) -> SourceManifests {
    SourceManifests(source: "test", group: group, environment: environment, parse: flowYAML, sha256: fakeSHA256)
}

/// What files declare, read from nothing.
func state(
    _ files: KeyValuePairs<String, String>,
    group: GroupID = .root,
    environment: String? = nil
) -> DesiredState {
    var source = emptySource(group: group, environment: environment)
    return source.apply(update(.all(files.map { file($0.key, $0.value) })))
}

extension DesiredState {
    /// The paths of the usable apps.
    var ids: [String] { apps.keys.map(\.path) }

    /// Each problem as `file:line:column code`.
    var findings: [String] { problems.map { "\($0.file):\($0.line):\($0.column) \($0.code)" } }

    /// The paths of the files with an error.
    var brokenPaths: [String] { broken.map(\.path) }

    /// Everything that must not depend on how the state was reached.
    var essence: [String] {
        apps.values.map { "\($0.spec.id) \($0.spec.digest) \($0.file)" } + problems.map { "\($0)" }
            + broken.map { "\($0)" }
    }
}

private struct FlowParser {
    private let bytes: [UInt8]
    private var index = 0
    private var mark = Mark(line: 1, column: 1)

    private struct Broken: Error {
        var mark: Mark
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func file() -> ParsedFile {
        var documents: [YAMLNode] = []
        do {
            skipSpace()
            while index < bytes.count {
                documents.append(try value())
                skipSpace()
                while starts("---") { for _ in 0..<3 { step() } }
                skipSpace()
            }
            return ParsedFile(documents: documents, failure: nil)
        } catch {
            let place = (error as? Broken)?.mark ?? mark
            let failure = ParseFailure(kind: .syntax, mark: place, message: "not flow YAML", hint: "mend it")
            return ParsedFile(documents: documents, failure: failure)
        }
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func starts(_ text: String) -> Bool { bytes[index...].starts(with: Array(text.utf8)) }

    private mutating func step() {
        if bytes[index] == UInt8(ascii: "\n") {
            mark = Mark(line: mark.line + 1, column: 1)
        } else {
            mark.column += 1
        }
        index += 1
    }

    private mutating func skipSpace() {
        while let byte = next, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") { step() }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        step()
        return true
    }

    private mutating func value() throws -> YAMLNode {
        skipSpace()
        let start = mark
        if take("{") { return YAMLNode(.mapping(try entries()), at: start) }
        if take("[") {
            var items: [YAMLNode] = []
            while !take("]") {
                items.append(try value())
                guard take(",") || next == UInt8(ascii: "]") else { throw Broken(mark: mark) }
            }
            return YAMLNode(.sequence(items), at: start)
        }
        return try scalar(at: start)
    }

    private mutating func entries() throws -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        while !take("}") {
            skipSpace()
            let key = try scalar(at: mark)
            guard take(":") else { throw Broken(mark: mark) }
            entries.append(YAMLNode.Entry(key: key, value: try value()))
            guard take(",") || next == UInt8(ascii: "}") else { throw Broken(mark: mark) }
        }
        return entries
    }

    private mutating func scalar(at start: Mark) throws -> YAMLNode {
        guard next != UInt8(ascii: "\"") else { return try quoted(at: start) }
        var text: [UInt8] = []
        while let byte = next, !",:]}[{\n\"".utf8.contains(byte) {
            text.append(byte)
            step()
        }
        let plain = String(decoding: text, as: UTF8.self).split(separator: " ").joined(separator: " ")
        guard !plain.isEmpty || next == UInt8(ascii: ",") || next == UInt8(ascii: "}") else { throw Broken(mark: mark) }
        return YAMLNode(.scalar(plain, quoted: false), at: start)
    }

    private mutating func quoted(at start: Mark) throws -> YAMLNode {
        var text: [UInt8] = []
        step()
        while let byte = next, byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count { step() }
            text.append(bytes[index])
            step()
        }
        guard next != nil else { throw Broken(mark: start) }
        step()
        return YAMLNode(.scalar(String(decoding: text, as: UTF8.self), quoted: true), at: start)
    }
}

/// An id that is known to be legal.
func id(_ path: String) -> AppID {
    guard let id = AppID(path) else { preconditionFailure("\(path) is no legal id") }
    return id
}
