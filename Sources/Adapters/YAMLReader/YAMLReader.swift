package import Manifests

/// Reads YAML by libyaml, within Pacer's limits.
package let parseYAML: YAMLParser = { bytes in YAMLReader().parse(bytes) }

/// A reader of YAML files that no file can crash, stall or bloat: every input ends in documents, a failure, or both.
package struct YAMLReader: Sendable {
    /// How much a file may ask for.
    package struct Limits: Sendable {
        /// Bytes of a file.
        package var bytes: Int
        /// Bytes of a file's values once its aliases are expanded.
        package var expandedBytes: Int { 4 * bytes }
        /// Collections within one another.
        package var depth: Int
        /// Nodes of a file once its aliases are expanded.
        package var nodes: Int
        /// `%TAG` lines; libyaml compares each with all before it.
        package var tagDirectives: Int

        /// The limits that Pacer uses, unless others are given.
        package init(bytes: Int = 1 << 20, depth: Int = 64, nodes: Int = 200_000, tagDirectives: Int = 16) {
            self.bytes = bytes
            self.depth = depth
            self.nodes = nodes
            self.tagDirectives = tagDirectives
        }
    }

    /// How much a file may ask for.
    package let limits: Limits

    /// A reader.
    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Reads a file's documents up to its end or its first error.
    package func parse(_ bytes: [UInt8]) -> ParsedFile {
        if let failure = refusal(of: bytes) { return ParsedFile(documents: [], failure: failure) }
        let bytes = JSONEscapes.resolved(bytes)
        let text = FileText(bytes: bytes)
        return bytes.withUnsafeBufferPointer { buffer in
            let body = UnsafeBufferPointer(rebasing: buffer.dropFirst(text.markLength))
            var builder = TreeBuilder(limits: limits)
            guard var events = EventReader(body, of: text) else {
                return ParsedFile(documents: [], failure: EventReader.outOfMemory)
            }
            while true {
                switch events.next(in: text) {
                case .failure(let failure): return ParsedFile(documents: builder.documents, failure: failure)
                case .event(let event):
                    if event.kind == .streamEnd { return ParsedFile(documents: builder.documents, failure: nil) }
                    if let failure = builder.take(event) {
                        return ParsedFile(documents: builder.documents, failure: failure)
                    }
                }
            }
        }
    }

    /// What can be told before any YAML is read.
    private func refusal(of bytes: [UInt8]) -> ParseFailure? {
        guard bytes.count <= limits.bytes else {
            return ParseFailure(
                kind: .tooLarge,
                mark: .start(),
                message: "The file has \(bytes.count) bytes; at most \(limits.bytes) are read",
                hint: "split the file, one app a file; fetch large data as an artifact"
            )
        }
        let text = FileText(bytes: bytes)
        if let offset = text.firstInvalidByte() {
            return ParseFailure(
                kind: .encoding,
                mark: text.mark(ofByte: offset),
                message: "The byte \(hexadecimal(bytes[offset])) is not valid UTF-8",
                hint: text.looksLikeUTF16 ? "the file seems to be UTF-16: save it as UTF-8" : "save the file as UTF-8"
            )
        }
        guard text.tagDirectives <= limits.tagDirectives else {
            return ParseFailure(
                kind: .tooManyNodes,
                mark: .start(),
                message: "The file has \(text.tagDirectives) %TAG lines; at most \(limits.tagDirectives) are read",
                hint: "remove the %TAG lines: manifests need no tags"
            )
        }
        return nil
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "0x" + (digits.count < 2 ? "0" : "") + digits
    }
}
