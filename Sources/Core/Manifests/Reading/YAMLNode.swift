/// Where something stands in a file.
package struct Mark: Hashable, Sendable {
    /// From 1.
    package var line: Int
    /// From 1, in characters.
    package var column: Int
    /// Which of the files that were merged it stands in: 0 for the file itself, more for what is over or under it.
    package var layer: Int

    /// A place.
    package init(line: Int, column: Int, layer: Int = 0) {
        self.line = line
        self.column = column
        self.layer = layer
    }

    /// A file's beginning: where what is wrong with the file as a whole stands, so that every problem of a file has a
    /// place that an editor can go to.
    package static func start(layer: Int = 0) -> Mark { Mark(line: 1, column: 1, layer: layer) }
}

/// A YAML value with its place. JSON is YAML.
package struct YAMLNode: Hashable, Sendable {
    /// What it is.
    package enum Content: Hashable, Sendable {
        /// A scalar as it is written, and whether it was quoted (a quoted one is text, whatever it looks like).
        case scalar(String, quoted: Bool)
        /// Values in order.
        case sequence([YAMLNode])
        /// Keys and values in order; keys may repeat, which the decoder reports.
        case mapping([Entry])
    }

    /// A key with its value.
    package struct Entry: Hashable, Sendable {
        /// The key.
        package var key: YAMLNode
        /// The value.
        package var value: YAMLNode

        /// An entry.
        package init(key: YAMLNode, value: YAMLNode) {
            self.key = key
            self.value = value
        }
    }

    /// What it is.
    package var content: Content
    /// Where it begins.
    package var mark: Mark

    /// A value.
    package init(_ content: Content, at mark: Mark) {
        self.content = content
        self.mark = mark
    }
}

/// What a parser makes of a file's bytes: its documents, and the first error after them where it is not well-formed.
package struct ParsedFile: Sendable {
    /// The documents that could be read.
    package var documents: [YAMLNode]
    /// Why the file could not be read to its end, with its place; hint included.
    package var failure: ParseFailure?

    /// A parsed file.
    package init(documents: [YAMLNode], failure: ParseFailure?) {
        self.documents = documents
        self.failure = failure
    }
}

/// Why a file is not well-formed, or is over a limit.
package struct ParseFailure: Error, Hashable, Sendable {
    /// What kind of failure.
    package enum Kind: String, Hashable, Sendable {
        case syntax, encoding, tooDeep, tooManyNodes, alias, tooLarge
    }

    /// What kind.
    package var kind: Kind
    /// Where.
    package var mark: Mark
    /// What happened.
    package var message: String
    /// What to do.
    package var hint: String

    /// A failure.
    package init(kind: Kind, mark: Mark, message: String, hint: String) {
        self.kind = kind
        self.mark = mark
        self.message = message
        self.hint = hint
    }
}

/// Parses a file's bytes; handed in, because parsing YAML is a library's business.
package typealias YAMLParser = @Sendable ([UInt8]) -> ParsedFile
